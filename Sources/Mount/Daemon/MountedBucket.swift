// SPDX-License-Identifier: Apache-2.0
//
// Cache and file system of one bucket of a mount.
//
// For: ``MountedTree``. State: the two. Made on the main thread; the rest from any thread.
// What can go wrong: the cache is locked or unreadable, before anything is served.

import BucketFileSystem
import Glibc
import Logging
import VFS
import WriteBackCache

final class MountedBucket: Sendable {
  let connection: StoreConnection
  let cacheDirectory: String
  let fileSystem: BucketFileSystem
  private let cache: WriteBackCache
  /// The path of what is mounted, in the mount and with a slash behind; empty for a mount of one bucket.
  let place: String

  /// Opens the cache, with everything that an earlier run left in it; its uploads begin at once.
  ///
  /// - Parameter number: counted from 1 where the mount has several buckets; 0 for a mount of one.
  init(
    _ connection: StoreConnection, number: Int, options: MountOptions, environment: HostEnvironment, mountPoint: String,
    cacheDirectory: String, logger: Logger
  ) throws(MountFailure) {
    self.connection = connection
    self.cacheDirectory = cacheDirectory
    place = number == 0 ? "" : (connection.plan.name ?? "") + "/"
    do throws(WriteBackCacheError) {
      cache = try WriteBackCache(
        configuration: MountedBucket.cacheConfiguration(
          options, directory: cacheDirectory, mountPoint: mountPoint), client: connection.client, logger: logger)
    } catch {
      throw .init(error.description)
    }
    var configuration = MountedBucket.fileSystemConfiguration(options, environment)
    configuration.prefix = connection.plan.source.prefix
    configuration.access = connection.plan.access
    // Records have a top byte of their own.
    configuration.inodeSpace = UInt8(options.records == nil ? number : max(1, number))
    configuration.mountPoint = number == 0 ? mountPoint : "\(mountPoint)/\(place.dropLast())"
    fileSystem = BucketFileSystem(
      configuration: configuration, client: connection.client, cache: cache, logger: logger)
  }

  /// With keys as `pail status` shows them: in a mount of several buckets behind the bucket's name.
  var pendingUploads: [PendingUpload] { cache.pendingUploads.map(shown) }

  /// Data files that are kept and nobody knows what they are.
  var unreadable: [UnreadableReport] { cache.unreadableEntries.map(UnreadableReport.init) }

  func drain(timeout: Double?) -> Leftover {
    let uploads = fileSystem.drain(timeout: timeout)
    return Leftover(uploads: uploads.map(shown), attributes: fileSystem.untoldAttributes.map { place + $0 })
  }

  /// The key of what has that path in the mount, or that key; nil when it is not of this bucket.
  ///
  /// - Parameter path: from the root of the mount, without a slash before it.
  func key(ofPath path: String) -> String? {
    key(ofShown: path).map { connection.plan.source.prefix + $0 }
  }

  /// The key of what ``pendingUploads`` shows as `name`; nil when it is not of this bucket.
  func key(ofShown name: String) -> String? {
    // Bytes: a key may begin with a mark that goes with the slash before it.
    guard name.utf8.starts(with: place.utf8) else { return nil }
    return String(decoding: name.utf8.dropFirst(place.utf8.count), as: UTF8.self)
  }

  /// - Parameter key: nil for all.
  func act(_ action: UploadAction, key: String?) throws(MountFailure) -> Int {
    switch action {
    case .retry: return cache.retry(key: key)
    case .pause: return cache.pauseUploads(key: key)
    case .resume: return cache.resumeUploads(key: key)
    case .cancel:
      guard let key else { throw .init("cancel wants the key of one upload, since its bytes are lost with it") }
      do throws(Errno) {
        return try fileSystem.cancelUploads(key: key)
      } catch {
        throw .init(error == .EBUSY ? "\(place)\(key) is open; close it first" : "\(place)\(key): \(error)")
      }
    }
  }

  func close() { cache.close() }

  private func shown(_ upload: PendingUpload) -> PendingUpload {
    var upload = upload
    upload.key = place + upload.key
    return upload
  }

  // MARK: Configurations

  private static func cacheConfiguration(
    _ options: MountOptions, directory: String, mountPoint: String
  ) -> WriteBackCacheConfiguration {
    var configuration = WriteBackCacheConfiguration(directory: directory)
    configuration.mode = options.writeBack
    configuration.maximumAge = options.writeBackMaximumAge
    configuration.quota = options.quota
    configuration.user = "pid \(getpid()), mounted at \(mountPoint)"
    configuration.partSize = options.partSize
    configuration.concurrency = options.concurrency
    return configuration
  }

  private static func fileSystemConfiguration(
    _ options: MountOptions, _ environment: HostEnvironment
  ) -> BucketFileSystemConfiguration {
    var configuration = BucketFileSystemConfiguration()
    configuration.readOnly = options.readOnly
    configuration.keepsConflictCopies = options.keepsConflictCopies
    configuration.uid = options.uid ?? environment.uid
    configuration.gid = options.gid ?? environment.gid
    configuration.fileMode = options.effectiveFileMode
    configuration.dirMode = options.effectiveDirectoryMode
    configuration.metadataTimeToLive = options.metadataTimeToLive
    configuration.readMemory = Int(options.readMemory)
    configuration.partSize = options.partSize
    configuration.concurrency = options.concurrency
    return configuration
  }
}
