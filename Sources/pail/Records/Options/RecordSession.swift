// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import Storage

/// Records that are open, for one command.
struct RecordSession: Sendable {
  let records: Records
  let storage: Storage
  let bucket: StorageBucket?

  /// - Parameter makesStore: whether a database file that is not there is made. A file whose name was mistyped must not become
  ///   an empty store, in which every file of the bucket is an orphan.
  init(_ place: RecordPlace, makesStore: Bool) throws(RecordError) {
    let store = try RecordSession.store(place, makesStore: makesStore)
    storage = Storage(place.storage)
    bucket = place.bucket
    records = try Records(
      RecordsConfiguration(
        schema: place.schema, store: store, storage: storage, bucket: bucket, stateDirectory: place.stateDirectory))
  }

  private static func store(_ place: RecordPlace, makesStore: Bool) throws(RecordError) -> any RecordStore {
    switch place.store {
    case .appSync: return try appSyncStore(place)
    case .sqlite(let path):
      if !makesStore, access(path, F_OK) != 0, errno == ENOENT {
        throw RecordError(
          .storeFailed, "there is no database \(path)", remedy: "`pail records create` makes it; or correct --store.")
      }
      return try SQLiteRecordStore(path: path)
    }
  }

  private static func appSyncStore(_ place: RecordPlace) throws(RecordError) -> any RecordStore {
    guard let project = place.project else {
      throw RecordError(.storeFailed, "records in AppSync are of a project", remedy: "Name it with --amplify FILE.")
    }
    return try AppSyncRecordStore(
      amplifyOutputs: project.outputs,
      authorization: project.authorization.flatMap { AppSyncAuthorization.Mode(rawValue: $0.rawValue) },
      user: project.user)
  }

  func close() async {
    await records.close()
    await storage.close()
  }
}
