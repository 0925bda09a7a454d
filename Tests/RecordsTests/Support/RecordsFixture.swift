// SPDX-License-Identifier: Apache-2.0

import Locking
import Records
import Storage
import TestSupport

/// Songs and albums in a store, their files in a bucket of a real server, and both as tests want to see them.
struct RecordsFixture: Sendable {
  let schema: RecordSchema
  let directory: TemporaryDirectory
  let storage: Storage
  let bucket: IndependentBucket
  private let backend: RecordStoreBackend

  /// - Parameter rules: which fields hold paths; coverArtPath and imagePaths by their names, unless given.
  init(
    _ kind: RecordStoreKind, on store: StoreKind = .seaweedFS, attachments rules: AttachmentRules = AttachmentRules()
  ) async throws {
    let directory = try TemporaryDirectory("records")
    try await self.init(kind.backend(in: directory), directory, on: store, attachments: rules)
  }

  /// - Parameter server: where the records are.
  init(_ server: GraphQLServer) async throws {
    try await self.init(.graphQL(server), TemporaryDirectory("records"), on: .seaweedFS, attachments: AttachmentRules())
  }

  private init(
    _ backend: RecordStoreBackend, _ directory: TemporaryDirectory, on store: StoreKind,
    attachments rules: AttachmentRules
  ) async throws {
    self.directory = directory
    self.backend = backend
    schema = try backend.schema(rules)
    let server = try await store.shared()
    let name = try await BlockingWork.run { try server.createBucket() }
    var configuration = StorageConfiguration(
      bucket: name, region: server.region, endpointURL: server.endpoint,
      credentials: .static(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey))
    configuration.environment = [:]
    storage = Storage(configuration)
    bucket = IndependentBucket(server, bucket: name)
  }

  /// Records as another process would have them.
  ///
  /// - Parameters:
  ///   - rules: other ones than those of the fixture.
  ///   - bucket: another one than that of the fixture.
  ///   - onStep: called between two steps.
  func records(
    attachments rules: AttachmentRules? = nil, bucket: StorageBucket? = nil,
    onStep: (@Sendable (WorkflowStep) async -> Void)? = nil
  ) throws -> Records {
    var configuration = RecordsConfiguration(
      schema: try rules.map { try backend.schema($0) } ?? schema, store: try backend.store(), storage: storage,
      bucket: bucket, stateDirectory: directory.path("state"))
    configuration.onStep = onStep
    configuration.settlingDelay = 0
    // What is under way behind a crash would be a matter of chance.
    if onStep != nil { configuration.concurrentUploads = 1 }
    return try Records(configuration)
  }

  func store() throws -> any RecordStore { try backend.store() }

  /// All keys of the bucket.
  func keys() async throws -> Set<String> { Set(try await storage.listAll(path: "").items.map(\.path)) }

  func content(_ path: String) async throws -> String {
    String(decoding: try await storage.downloadData(path: .path(path)).result.bytes ?? [], as: UTF8.self)
  }

  /// Puts an object there that no record knows of.
  func put(_ path: String, _ text: String = "x") async throws {
    _ = try await storage.uploadData(path: .path(path), data: .string(text)).result
  }
}

extension RecordFile {
  /// A file whose content is a text.
  static func text(_ name: String, _ text: String? = nil) -> RecordFile {
    RecordFile(name: name, data: .string(text ?? "content of \(name)"))
  }
}
