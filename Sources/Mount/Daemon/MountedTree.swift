// SPDX-License-Identifier: Apache-2.0
//
// The buckets of a mount as one tree, and the session that serves it: the only file that knows how these are made.
//
// For: ``RunningMount``. State: the buckets, and the session once it exists. Made and mounted on the main thread; the rest
// from any thread. One thread belongs to the session and ends with it.
// What can go wrong: the kernel refuses the mount; before anything is served. Of two buckets one cannot be uploaded to: the other is
// drained beside it.

import BucketFileSystem
import FUSE
import Glibc
import Locking
import Logging
import RecordFileSystem
import VFS
import WriteBackCache

final class MountedTree: Sendable {
  let buckets: [MountedBucket]
  private let records: MountedRecords?
  private let fileSystem: any FileSystem
  private let options: MountOptions
  private let mountPoint: String
  private let logger: Logger
  private let session = Lock<FUSESession?>(nil)
  private let hasEnded = Lock(false)

  /// Seconds until a mount answers that the kernel has accepted.
  private static let livePatience = 5.0

  /// - Parameters:
  ///   - buckets: one, which is the tree, or several, which have their names in it.
  ///   - records: shown beside them.
  init(
    _ buckets: [MountedBucket], records: MountedRecords?, options: MountOptions, environment: HostEnvironment,
    mountPoint: String, logger: Logger
  ) throws(MountFailure) {
    self.buckets = buckets
    self.records = records
    self.options = options
    self.mountPoint = mountPoint
    self.logger = logger
    let tree = try MountedTree.tree(buckets, options, environment)
    fileSystem = records.map { RecordOverlay(base: tree, records: $0.fileSystem) } ?? tree
  }

  private static func tree(
    _ buckets: [MountedBucket], _ options: MountOptions, _ environment: HostEnvironment
  ) throws(MountFailure) -> any FileSystem {
    if buckets.count == 1 { return buckets[0].fileSystem }
    let named = try buckets.map { (bucket) throws(MountFailure) in
      guard let name = Name(bucket.connection.plan.name ?? "") else {
        throw .init("bucket \(bucket.connection.plan.name ?? "") has no name that a directory can have; mount it alone")
      }
      return (name: name, fileSystem: bucket.fileSystem)
    }
    return BucketCollection(
      buckets: named, uid: options.uid ?? environment.uid, gid: options.gid ?? environment.gid)
  }

  /// Mounts and waits until the mount answers. `whenEnded` is called on the session's thread when it is over.
  func mount(whenEnded: @escaping @Sendable () -> Void) throws(MountFailure) {
    let configuration = FUSESessionConfiguration(
      mountPoint: mountPoint, source: options.source.description,
      fileSystemOptions: MountedTree.kernelOptions(options))
    let session: FUSESession
    do throws(MountError) {
      session = try FUSESession(configuration: configuration, fileSystem: fileSystem, logger: logger)
    } catch {
      throw .init(error.description)
    }
    self.session.withLock { $0 = session }
    let isStarted = DetachedThread.start { [logger, hasEnded] in
      session.run()
      // Whoever still waits for an answer gets an error instead.
      MountedTree.finish(session, logger)
      hasEnded.withLockAndNotify { $0 = true }
      whenEnded()
    }
    guard isStarted else {
      MountedTree.finish(session, logger)
      throw .init("no thread for the mount")
    }
    guard session.waitUntilLive(timeout: MountedTree.livePatience) else {
      session.stop()
      // Not before the mount is gone: this process ends now, and would leave a dead one.
      _ = hasEnded.wait(timeout: MountedTree.livePatience) { $0 ? true : nil }
      throw .init("the kernel does not answer at \(mountPoint); see dmesg(1)")
    }
  }

  func unmount(isLazy: Bool) -> UnmountResult {
    guard let session = session.withLock({ $0 }) else { return .notMounted }
    // Somebody may have detached ours and mounted something else there.
    guard MountTable.top(at: mountPoint)?.isPail == true else { return .notMounted }
    do throws(Errno) {
      try session.unmount(whenBusy: isLazy ? .detach : .fail)
      return .done
    } catch {
      switch error {
      case .EBUSY: return .busy
      case .EINVAL, .ENOENT: return .notMounted
      default: return .failed(error.description)
      }
    }
  }

  func endSession() { session.withLock { $0 }?.stop() }

  var pendingUploads: [PendingUpload] { buckets.flatMap(\.pendingUploads) }

  /// Data files that are kept and nobody knows what they are.
  var unreadable: [UnreadableReport] { buckets.flatMap(\.unreadable) }

  /// Where the data of all this waits; several paths with commas between them.
  var cacheDirectory: String { buckets.map(\.cacheDirectory).joined(separator: ", ") }

  /// Brings all buckets to their end side by side.
  func drain(timeout: Double?) -> Leftover {
    let results = Lock<[Int: Leftover]>([:])
    for (index, bucket) in buckets.enumerated() {
      let drain: @Sendable () -> Void = {
        let left = bucket.drain(timeout: timeout)
        results.withLockAndNotify { $0[index] = left }
      }
      // The last one has this thread; so has one for which there is no other.
      if index == buckets.count - 1 || !DetachedThread.start(drain) { drain() }
    }
    let all = results.wait(timeout: nil) { [count = buckets.count] in $0.count == count ? $0 : nil } ?? [:]
    return Leftover(
      uploads: all.sorted { $0.key < $1.key }.flatMap(\.value.uploads),
      attributes: all.sorted { $0.key < $1.key }.flatMap(\.value.attributes))
  }

  /// - Parameter name: a key as ``pendingUploads`` shows it, or a path below the mount point.
  func act(_ action: UploadAction, key name: String?) throws(MountFailure) -> Int {
    guard let name else {
      var count = 0
      for bucket in buckets { count += try bucket.act(action, key: nil) }
      return count
    }
    let isPath = name.hasPrefix(mountPoint + "/")
    let path = isPath ? String(name.dropFirst(mountPoint.count + 1)) : name
    for bucket in buckets {
      if let key = isPath ? bucket.key(ofPath: path) : bucket.key(ofShown: name) {
        return try bucket.act(action, key: key)
      }
    }
    return 0
  }

  func close() {
    records?.close()
    for bucket in buckets { bucket.close() }
  }

  // MARK: The kernel

  private static func finish(_ session: FUSESession, _ logger: Logger) {
    do throws(Errno) {
      try session.unmount()
    } catch {
      logger.warning("cannot unmount", metadata: ["error": "\(error)"])
    }
  }

  /// The kernel checks permission bits always: nobody else would, and without `allow_other` it changes nothing for the one
  /// user there is.
  private static func kernelOptions(_ options: MountOptions) -> [String] {
    var words = ["default_permissions", "noatime", "nosuid", "nodev"]
    if options.readOnly { words.append("ro") }
    if options.allowOther { words.append("allow_other") }
    if options.allowRoot { words.append("allow_root") }
    if options.allowsNonEmpty { words.append("nonempty") }
    return words
  }
}
