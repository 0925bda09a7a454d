// SPDX-License-Identifier: Apache-2.0
//
// One run of the product: file system, cache, client and connection, without a kernel.
//
// For: a mount until its kill -9, and the next one with what that left in the cache directory. State: the objects; one thread
// drives them. Retries and delayed uploads are planned far in the future, so that what happens in the background begins with a
// step and has ended when `settle()` returns.
// A kill is: nothing reaches the store any more, no answer reaches the daemon, and the next one works with a copy of the cache
// directory as it was then, at one moment (see DirectoryCopy). What tasks of the old daemon do later, neither of them sees.

import Glibc
import Locking
import Logging
import S3Client
import TestSupport
import Transfer
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

final class ModelDaemon {
  let line: FaultLine
  let files: BucketFileSystem
  private let cache: WriteBackCache
  private let directory: TemporaryDirectory
  private let isPartial: Bool

  /// Longer than any sequence, in seconds.
  private static let never = 1e6

  /// - Parameter isPartial: of objects larger than a part only what is needed is brought here.
  convenience init(_ store: any ModelStore, _ mode: SequenceMode, isPartial: Bool) throws {
    try self.init(store, mode, isPartial: isPartial, TemporaryDirectory("model", isInMemory: true), outage: nil)
  }

  private init(
    _ store: any ModelStore, _ mode: SequenceMode, isPartial: Bool, _ directory: TemporaryDirectory, outage: FaultKind?
  ) throws {
    self.isPartial = isPartial
    self.directory = directory
    line = FaultLine(store.transport)
    line.setOutage(outage)
    let logger = Logger(label: "model") { _ in SwiftLogNoOpLogHandler() }
    let client = try store.makeClient(line)
    var cacheConfiguration = WriteBackCacheConfiguration(directory: directory.path("cache"))
    cacheConfiguration.mode =
      switch mode {
      case .close: .close
      case .delayed: .delayed(delay: ModelDaemon.never)
      case .racing: .delayed(delay: 0)
      }
    // As S3 does; how that is found out has tests of its own.
    cacheConfiguration.keepsConditions = true
    cacheConfiguration.partSize = store.partSize
    cacheConfiguration.minimumPartSize = store.partSize
    cacheConfiguration.wholeSize = isPartial ? nil : 1 << 30
    cacheConfiguration.maximumAge = ModelDaemon.never
    cacheConfiguration.retryDelay = ModelDaemon.never...ModelDaemon.never
    cache = try WriteBackCache(configuration: cacheConfiguration, client: client, logger: logger)
    var configuration = BucketFileSystemConfiguration()
    configuration.metadataTimeToLive = 0
    configuration.attributeDelay = ModelDaemon.never
    configuration.partSize = store.partSize
    files = BucketFileSystem(configuration: configuration, client: client, cache: cache, logger: logger)
  }

  /// Kills this one; the next comes up with what it left.
  ///
  /// - Parameter isOffline: the store refuses all changes of the next one.
  func killed(_ store: any ModelStore, _ mode: SequenceMode, isOffline: Bool) throws -> ModelDaemon {
    line.crash()
    defer { end() }
    let copy = try TemporaryDirectory("model", isInMemory: true)
    let copied = try cache.context.directory.index.perform("copy") { [directory] _ in
      Result { try DirectoryCopy.copy(directory.path("cache"), to: copy.path("cache")) }
    }
    try copied.get()
    return try ModelDaemon(store, mode, isPartial: isPartial, copy, outage: isOffline ? .error : nil)
  }

  /// The end of a daemon whose cache nobody needs any more.
  func end() {
    line.crash()
    line.release()
    cache.close()
  }

  var unreadable: [String] { cache.unreadable }

  /// Everything that is not in the bucket, when the background does nothing more.
  func settle() throws -> [ReferenceModel.Waiting] {
    for _ in 0..<200_000 {
      if cache.queue.isQuiet(for: ModelDaemon.never / 2) {
        let pending = cache.pendingFiles()
        if pending.allSatisfy({ !$0.state.withLock { $0.publishing != nil } }) {
          return pending.compactMap(ModelDaemon.waiting)
        }
      }
      usleep(50)
    }
    throw TestSupportError("the background does not come to rest: \(cache.pendingUploads)")
  }

  private static func waiting(_ file: CacheFile) -> ReferenceModel.Waiting? {
    file.state.withLock { state in
      guard state.isDirty else { return nil }
      return ReferenceModel.Waiting(
        key: state.key.string, isParked: state.retry.isParked, isConflict: state.retry.isConflict,
        isUnclear: !state.attempts.isEmpty)
    }
  }

  /// Which bytes of the local copies are not here, by path.
  var missing: [String: RangeSet<Int>] {
    var missing: [String: RangeSet<Int>] = [:]
    for node in files.tree.descendants(.root) {
      guard let file = node.state.withLock({ $0.file }), let key = try? files.tree.key(node.inode) else { continue }
      let ranges = file.state.withLock { $0.bytes.missing.ranges }
      missing[key.string] = RangeSet(ranges.map { Int($0.lowerBound)..<Int($0.upperBound) })
    }
    return missing
  }

  /// Uploads what waits, open files too.
  func drain() throws {
    for file in cache.pendingFiles() where !file.isParked { cache.queue.schedule(file, after: 0) }
    _ = try settle()
  }

  /// Tries what is parked again.
  func retryParked() throws {
    cache.retry()
    _ = try settle()
  }
}
