// SPDX-License-Identifier: Apache-2.0
//
// Cache, file system and session of one mount: the only file that knows how they are made.
//
// For: ``RunningMount``. State: the parts, and the session once it exists. Made and mounted on the main thread; the rest
// from any thread. One thread belongs to the session and ends with it.
// What can go wrong: the cache is locked or unreadable, the kernel refuses the mount; both before anything is served.

import BucketFileSystem
import FUSE
import Glibc
import Locking
import Logging
import S3Client
import VFS
import WriteBackCache

final class MountedBucket: Sendable {
  private let cache: WriteBackCache
  private let fileSystem: BucketFileSystem
  private let options: MountOptions
  private let mountPoint: String
  private let logger: Logger
  private let session = Lock<FUSESession?>(nil)
  private let hasEnded = Lock(false)

  /// Seconds until a mount answers that the kernel has accepted.
  private static let livePatience = 5.0

  /// Opens the cache, with everything that an earlier run left in it; its uploads begin at once.
  init(
    client: S3Client, options: MountOptions, environment: HostEnvironment, mountPoint: String, cacheDirectory: String,
    logger: Logger
  ) throws(MountFailure) {
    self.options = options
    self.mountPoint = mountPoint
    self.logger = logger
    do throws(WriteBackCacheError) {
      cache = try WriteBackCache(
        configuration: MountedBucket.cacheConfiguration(
          options, directory: cacheDirectory, mountPoint: mountPoint), client: client,
        logger: logger)
    } catch {
      throw .init(error.description)
    }
    fileSystem = BucketFileSystem(
      configuration: MountedBucket.fileSystemConfiguration(options, environment, mountPoint: mountPoint),
      client: client,
      cache: cache, logger: logger)
  }

  /// Mounts and waits until the mount answers. `whenEnded` is called on the session's thread when it is over.
  func mount(whenEnded: @escaping @Sendable () -> Void) throws(MountFailure) {
    let configuration = FUSESessionConfiguration(
      mountPoint: mountPoint, source: options.source.description,
      fileSystemOptions: MountedBucket.kernelOptions(options))
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
      MountedBucket.finish(session, logger)
      hasEnded.withLockAndNotify { $0 = true }
      whenEnded()
    }
    guard isStarted else {
      MountedBucket.finish(session, logger)
      throw .init("no thread for the mount")
    }
    guard session.waitUntilLive(timeout: MountedBucket.livePatience) else {
      session.stop()
      // Not before the mount is gone: this process ends now, and would leave a dead one.
      _ = hasEnded.wait(timeout: MountedBucket.livePatience) { $0 ? true : nil }
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

  var pendingUploads: [PendingUpload] { cache.pendingUploads }

  /// Data files that are kept and nobody knows what they are.
  var unreadable: [UnreadableReport] { cache.unreadableEntries.map(UnreadableReport.init) }

  func drain(timeout: Double?) -> Leftover {
    let uploads = fileSystem.drain(timeout: timeout)
    return Leftover(uploads: uploads, attributes: fileSystem.untoldAttributes)
  }

  /// - Parameter name: a key, or a path below the mount point.
  func act(_ action: UploadAction, key name: String?) throws(MountFailure) -> Int {
    let key = name.map { name in
      name.hasPrefix(mountPoint + "/") ? options.source.prefix + name.dropFirst(mountPoint.count + 1) : name
    }
    switch action {
    case .retry: return cache.retry(key: key)
    case .pause: return cache.pauseUploads(key: key)
    case .resume: return cache.resumeUploads(key: key)
    case .cancel:
      guard let key else { throw .init("cancel wants the key of one upload, since its bytes are lost with it") }
      do throws(Errno) {
        return try fileSystem.cancelUploads(key: key)
      } catch {
        throw .init(error == .EBUSY ? "\(key) is open; close it first" : "\(key): \(error)")
      }
    }
  }

  func close() { cache.close() }

  // MARK: Configurations

  private static func finish(_ session: FUSESession, _ logger: Logger) {
    do throws(Errno) {
      try session.unmount()
    } catch {
      logger.warning("cannot unmount", metadata: ["error": "\(error)"])
    }
  }

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
    _ options: MountOptions, _ environment: HostEnvironment, mountPoint: String
  ) -> BucketFileSystemConfiguration {
    var configuration = BucketFileSystemConfiguration()
    configuration.prefix = options.source.prefix
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
    configuration.mountPoint = mountPoint
    return configuration
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
