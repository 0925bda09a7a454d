// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging

/// The way from options to a live mount: checks in the order that names the nearest cause first, then the parts from the
/// bottom up. Runs on the main thread, once.
struct MountStart {
  private let options: MountOptions
  private let environment: HostEnvironment
  private let paths: StatePaths
  private let log: MountLog
  /// Tells whoever waits what is done now; false when nobody waits any more.
  private let report: (String) -> Bool

  init(
    options: MountOptions, environment: HostEnvironment, report: @escaping (String) -> Bool
  ) throws(MountFailure) {
    self.options = options
    var environment = environment
    environment.variables.merge(options.environment) { $1 }
    self.environment = environment
    self.report = report
    paths = StatePaths(environment)
    log = try MountLog(options: options, environment: environment)
  }

  /// Throws one line about the first thing that does not fit; nothing is mounted then.
  func mount(signals: SignalReaction) throws(MountFailure) -> RunningMount {
    let preflight = Preflight(options: options, environment: environment)
    let mountPoint = try preflight.mountPoint()
    try preflight.fuse()
    try preflight.files()

    let connection = try StoreConnection(options: options, environment: environment, logger: log.logger)
    try stage("looking for credentials")
    try connection.checkCredentials()
    try stage("asking the store for bucket \(options.source.bucket)")
    try connection.checkBucket()

    let identity = MountIdentity(endpoint: connection.identityEndpoint, source: options.source)
    let cacheDirectory = options.cacheDirectory.map(environment.absolute) ?? paths.cacheDirectory(of: identity)
    let note = CacheNote(
      endpoint: connection.endpoint, source: options.source, region: connection.region, addressing: options.addressing)
    try CacheOwnership.prepare(cacheDirectory, identity: identity, details: note.details, uid: environment.uid)
    try PrivateDirectory.make(paths.runtimeDirectory, purpose: "runtime directory", uid: environment.uid)
    let socket = paths.controlSocket(mountPoint: mountPoint)
    guard let lock = try ControlLock.take(socketPath: socket) else {
      throw .init(
        "another pail still serves \(mountPoint), perhaps uploading what it left; run: pail umount \(mountPoint)")
    }

    lock.write(note: cacheDirectory)

    try stage(DaemonLauncher.recoveryStage)
    let bucket: MountedBucket
    do throws(MountFailure) {
      bucket = try MountedBucket(
        client: connection.client, options: options, environment: environment, mountPoint: mountPoint,
        cacheDirectory: cacheDirectory, logger: log.logger)
    } catch {
      lock.release()
      throw error
    }
    let mount = RunningMount(
      options: options, environment: environment, connection: connection, bucket: bucket, mountPoint: mountPoint,
      cacheDirectory: cacheDirectory, log: log)
    do throws(MountFailure) {
      try stage("mounting")
      try mount.begin(socket: socket, lock: lock, signals: signals)
    } catch {
      bucket.close()
      lock.release()
      throw error
    }
    return mount
  }

  private func stage(_ text: String) throws(MountFailure) {
    guard report(text) else { throw .init("the command that wanted the mount is gone") }
  }
}
