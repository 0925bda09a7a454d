// SPDX-License-Identifier: Apache-2.0
//
// The composition root: cache, file system and FUSE session of one mount.
//
// State: the session once it is mounted, behind a lock. The thread that starts the mount calls `mount`; supervisor, signal
// and control threads call the rest. What can go wrong: the kernel refuses the mount; the cache directory is in use or of
// another format; each is one MountFailure.

import BucketFileSystem
import FUSE
import Locking
import Logging
import WriteBackCache

final class MountedBucket: Sendable {
  private let fileSystem: BucketFileSystem
  private let cache: WriteBackCache
  private let options: MountOptions
  private let isRoot: Bool
  private let logger: Logger
  private let session = Lock<FUSESession?>(nil)

  /// Opens the cache; what an earlier run left in it is in the tree before this returns.
  init(
    connection: StoreConnection, options: MountOptions, environment: HostEnvironment, mountPoint: String,
    cacheDirectory: String, logger: Logger
  ) throws(MountFailure) {
    self.options = options
    self.logger = logger
    isRoot = environment.isRoot
    var cacheConfiguration = WriteBackCacheConfiguration(directory: cacheDirectory)
    cacheConfiguration.mode = options.writeBack
    cacheConfiguration.partSize = options.partSize
    cacheConfiguration.concurrency = options.concurrency
    do throws(WriteBackCacheError) {
      cache = try WriteBackCache(configuration: cacheConfiguration, client: connection.client, logger: logger)
    } catch {
      throw .init(error.description)
    }
    fileSystem = BucketFileSystem(
      configuration: BucketFileSystemConfiguration(options, environment, mountPoint: mountPoint),
      client: connection.client, cache: cache, logger: logger)
  }

  /// Mounts and serves on threads of its own until the mount ends, then calls `whenEnded`. Returns when programs can use it.
  func mount(at mountPoint: String, whenEnded: @escaping @Sendable () -> Void) throws(MountFailure) {
    let session: FUSESession
    do throws(MountError) {
      session = try FUSESession(
        configuration: FUSESessionConfiguration(
          mountPoint: mountPoint, source: options.source.description, fileSystemOptions: options.fileSystemOptions,
          readAhead: 4_096),
        fileSystem: fileSystem, logger: logger)
    } catch {
      throw .init(error.description)
    }
    self.session.withLock { $0 = session }
    let isStarted = DetachedThread.start {
      session.run()
      whenEnded()
    }
    guard isStarted, session.waitUntilLive(timeout: 10) else {
      session.stop()
      _ = Unmounter.unmount(mountPoint, isLazy: true, isRoot: isRoot)
      throw .init("the kernel did not answer the mount within 10 s; look at dmesg for messages of fuse")
    }
  }

  /// Takes the mount out of the tree, while the session serves what the kernel still has to write.
  func unmount(isLazy: Bool, mountPoint: String) -> UnmountResult {
    Unmounter.unmount(mountPoint, isLazy: isLazy, isRoot: isRoot)
  }

  func endSession() { session.withLock { $0 }?.stop() }

  var pendingUploads: [PendingUpload] { cache.pendingUploads }

  /// Uploads what is left; returns what stays in the cache. Blocks.
  func drain(timeout: Double?) -> [PendingUpload] { fileSystem.drain(timeout: timeout) }

  func retry(key: String?) { cache.retry(key: key) }

  func close() { cache.close() }

  /// What `pail status` should say besides numbers.
  var notes: [String] {
    cache.unreadable.isEmpty
      ? [] : ["\(cache.unreadable.count) entries of the cache cannot be read; their files are kept in data/"]
  }
}

extension MountOptions {
  /// For mount.fuse3(8).
  fileprivate var fileSystemOptions: [String] {
    var result = ["default_permissions"]
    if readOnly { result.append("ro") }
    if allowOther { result.append("allow_other") }
    if allowRoot { result.append("allow_root") }
    if allowsNonEmpty { result.append("nonempty") }
    return result
  }
}

extension BucketFileSystemConfiguration {
  fileprivate init(_ options: MountOptions, _ environment: HostEnvironment, mountPoint: String) {
    self.init()
    prefix = options.source.prefix
    readOnly = options.readOnly
    uid = options.uid ?? environment.uid
    gid = options.gid ?? environment.gid
    fileMode = options.effectiveFileMode
    dirMode = options.effectiveDirectoryMode
    metadataTimeToLive = options.metadataTimeToLive
    readMemory = Int(options.readMemory)
    partSize = options.partSize
    concurrency = options.concurrency
    self.mountPoint = mountPoint
  }
}
