// SPDX-License-Identifier: Apache-2.0
//
// The records of a mount: their store, the storage of their files, and the file system that shows them.
//
// For: ``MountedTree``. State: the three. Made on the main thread, closed when nothing is served any more.
// What can go wrong: a schema or a database that cannot be read; before anything is served, in one line.

import Credentials
import FoundationEssentials
import Logging
import RecordFileSystem
import Records
import SigV4
import Storage
import Transfer

final class MountedRecords: Sendable {
  let fileSystem: RecordFileSystem
  private let records: Records
  private let storage: Storage

  /// nil for a mount without records.
  ///
  /// - Parameter buckets: of the mount. Files are those of the only one, or of the project's default one.
  static func open(
    beside buckets: [MountedBucket], account: StoreAccount, options: MountOptions, environment: HostEnvironment,
    logger: Logger
  ) throws(MountFailure) -> MountedRecords? {
    guard let chosen = options.records else { return nil }
    guard let bucket = buckets.first(where: \.connection.plan.isDefault) ?? buckets.first else { return nil }
    do throws(RecordError) {
      return try MountedRecords(chosen, bucket, account, options, environment, logger)
    } catch {
      throw .init("records: \(error.message). \(error.recoverySuggestion)")
    }
  }

  private init(
    _ chosen: RecordsOption, _ bucket: MountedBucket, _ account: StoreAccount, _ options: MountOptions,
    _ environment: HostEnvironment, _ logger: Logger
  ) throws(RecordError) {
    let schema = try RecordSchema(
      path: environment.absolute(chosen.schema ?? options.amplify ?? ""), attachments: chosen.attachments)
    let store = try MountedRecords.store(chosen.store, options, environment)
    let plan = bucket.connection.plan
    storage = Storage(MountedRecords.storage(of: bucket.connection, account, options, environment))
    var configuration = RecordsConfiguration(
      schema: schema, store: store, storage: storage,
      bucket: .bucket(name: plan.source.bucket, region: bucket.connection.region),
      stateDirectory: StatePaths(environment).recordsDirectory)
    configuration.logger = logger
    records = try Records(configuration)
    // Within the cache, which the user has found a disk for, and which no other process uses.
    let spool = bucket.cacheDirectory + "/records"
    do throws(MountFailure) {
      try PrivateDirectory.make(spool, purpose: "directory for files being written", uid: environment.uid)
    } catch {
      throw RecordError(.journalFailed, error.description)
    }
    var shown = RecordFileSystemConfiguration(spoolDirectory: spool) {
      [prefix = plan.source.prefix, place = bucket.place] path in
      guard path.utf8.starts(with: prefix.utf8) else { return nil }
      return place + String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
    shown.readOnly = options.readOnly
    shown.uid = options.uid ?? environment.uid
    shown.gid = options.gid ?? environment.gid
    shown.fileMode = options.effectiveFileMode
    shown.dirMode = options.effectiveDirectoryMode
    shown.timeToLive = options.metadataTimeToLive
    shown.files = chosen.files
    fileSystem = RecordFileSystem(shown, records: records, logger: logger)
  }

  private static func store(
    _ location: RecordStoreLocation, _ options: MountOptions, _ environment: HostEnvironment
  ) throws(RecordError) -> any RecordStore {
    switch location {
    case .sqlite(let path): return try SQLiteRecordStore(path: environment.absolute(path))
    case .appSync:
      throw RecordError(
        .invalidSchema, "records in AppSync are not supported yet", remedy: "Keep them in a SQLite file: records=FILE.")
    }
  }

  /// The same bucket, as the same identity, as the mount itself.
  private static func storage(
    of connection: StoreConnection, _ account: StoreAccount, _ options: MountOptions, _ environment: HostEnvironment
  ) -> StorageConfiguration {
    let credentials = account.credentials
    var configuration = StorageConfiguration(
      bucket: connection.plan.source.bucket, region: connection.region, endpointURL: connection.endpoint,
      credentials: .provider {
        let credentials = try await credentials.credentials()
        return StorageCredentials(
          accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
          sessionToken: credentials.sessionToken,
          expiration: credentials.expiration.map { Date(timeIntervalSince1970: Double($0)) })
      })
    switch account.settings.addressing {
    case .path: configuration.addressing = .path
    case .virtualHost: configuration.addressing = .virtualHost
    case .automatic, nil: configuration.addressing = .automatic
    }
    configuration.caFile = options.caFile.map(environment.absolute)
    configuration.environment = environment.variables
    return configuration
  }

  /// Ends connections and closes the database. Blocks.
  func close() {
    BlockingBridge.run { [records, storage] in
      await records.close()
      await storage.close()
    }
  }
}
