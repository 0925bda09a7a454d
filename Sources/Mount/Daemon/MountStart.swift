// SPDX-License-Identifier: Apache-2.0

import BucketFileSystem
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

    try stage(options.amplify == nil ? "looking for credentials" : AmplifyProject.stage)
    let account = try StoreAccount(options: options, environment: environment, logger: log.logger)
    try stage("looking for credentials")
    try account.check()
    let connections = try account.plans.map { (plan) throws(MountFailure) in
      try StoreConnection(plan, account: account, options: options, logger: log.logger)
    }
    try stage("asking the store for \(connections.map(\.plan.source.bucket).joined(separator: ", "))")
    try StoreConnection.check(connections)
    let caches = try cacheDirectories(connections)
    try PrivateDirectory.make(paths.runtimeDirectory, purpose: "runtime directory", uid: environment.uid)
    let socket = paths.controlSocket(mountPoint: mountPoint)
    guard let lock = try ControlLock.take(socketPath: socket) else {
      throw .init(
        "another pail still serves \(mountPoint), perhaps uploading what it left; run: pail umount \(mountPoint)")
    }

    lock.write(note: caches.joined(separator: ", "))

    try stage(DaemonLauncher.recoveryStage)
    let tree: MountedTree
    do throws(MountFailure) {
      tree = try open(connections, caches, account, mountPoint: mountPoint)
    } catch {
      lock.release()
      throw error
    }
    let mount = RunningMount(
      options: options, environment: environment, tree: tree, mountPoint: mountPoint, log: log)
    do throws(MountFailure) {
      try stage("mounting")
      try mount.begin(socket: socket, lock: lock, signals: signals)
    } catch {
      tree.close()
      lock.release()
      throw error
    }
    return mount
  }

  /// A directory for each bucket, made and found to be its own.
  private func cacheDirectories(_ connections: [StoreConnection]) throws(MountFailure) -> [String] {
    try connections.map { (connection) throws(MountFailure) in
      var directory = options.cacheDirectory.map(environment.absolute) ?? paths.cacheDirectory(of: connection.identity)
      // Also for one of them: the others may be mounted with it tomorrow.
      if options.cacheDirectory != nil, options.amplify != nil {
        try PrivateDirectory.make(directory, purpose: "cache directory", uid: environment.uid)
        directory += "/" + connection.identity.directoryName
      }
      let note = CacheNote(
        endpoint: connection.endpoint, source: connection.plan.source, region: connection.region,
        addressing: options.addressing)
      try CacheOwnership.prepare(
        directory, identity: connection.identity, details: note.details, uid: environment.uid)
      return directory
    }
  }

  private func open(
    _ connections: [StoreConnection], _ caches: [String], _ account: StoreAccount, mountPoint: String
  ) throws(MountFailure) -> MountedTree {
    guard connections.count <= BucketCollection.limit else {
      throw .init("a mount has \(BucketCollection.limit) buckets at most; name one of the \(connections.count)")
    }
    let options = options.shared(by: connections.count)
    var buckets: [MountedBucket] = []
    var records: MountedRecords?
    do throws(MountFailure) {
      for (index, connection) in connections.enumerated() {
        buckets.append(
          try MountedBucket(
            connection, number: connections.count == 1 ? 0 : index + 1, options: options, environment: environment,
            mountPoint: mountPoint, cacheDirectory: caches[index], logger: log.logger))
      }
      records = try MountedRecords.open(
        beside: buckets, account: account, options: options, environment: environment, logger: log.logger)
      return try MountedTree(
        buckets, records: records, options: options, environment: environment, mountPoint: mountPoint,
        logger: log.logger)
    } catch {
      records?.close()
      for bucket in buckets { bucket.close() }
      throw error
    }
  }

  private func stage(_ text: String) throws(MountFailure) {
    guard report(text) else { throw .init("the command that wanted the mount is gone") }
  }
}
