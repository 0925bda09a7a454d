// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Logging
import Records
import TestSupport
import Testing

/// The stores that everything is tested on; an argument of tests.
enum RecordStoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case sqlite
  /// AppSync as ministack has it, with DynamoDB behind; all tests of this process share its tables.
  case ministack
  /// A GraphQL server like AppSync, with a database for each test.
  case graphQL

  /// Stores that nobody else uses, so that all of their records may be looked at and changed.
  static let ofOneTest: [RecordStoreKind] = [.sqlite, .graphQL]

  var testDescription: String { rawValue }

  func backend(in directory: TemporaryDirectory) async throws -> RecordStoreBackend {
    switch self {
    case .sqlite: return .sqlite(path: directory.path("records.sqlite"))
    case .graphQL: return .graphQL(try await GraphQLServer.start())
    case .ministack: return .ministack(try await AmplifySandbox.shared())
    }
  }
}

/// A store that was made for one test.
enum RecordStoreBackend: Sendable {
  case sqlite(path: String)
  case graphQL(GraphQLServer)
  case ministack(AmplifySandbox)

  private static let transport = CurlTransport(
    configuration: CurlTransportConfiguration(loops: 1), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  )

  /// A new connection to it.
  func store() throws -> any RecordStore {
    switch self {
    case .sqlite(let path): try SQLiteRecordStore(path: path)
    case .graphQL(let server):
      try AppSyncRecordStore(url: server.url, authorization: .apiKey(server.apiKey), transport: Self.transport)
    case .ministack(let sandbox):
      try AppSyncRecordStore(url: sandbox.dataURL, authorization: .apiKey(sandbox.apiKey), transport: Self.transport)
    }
  }

  /// The schema as the store's own file has it.
  func schema(_ rules: AttachmentRules) throws -> RecordSchema {
    switch self {
    case .sqlite:
      let directory = try TemporaryDirectory("schema")
      let path = directory.path("schema.json")
      try Data(SchemaText.json.utf8).write(to: URL(fileURLWithPath: path))
      return try RecordSchema(path: path, attachments: rules)
    case .graphQL(let server): return try RecordSchema(path: server.outputsPath, attachments: rules)
    case .ministack(let sandbox): return try RecordSchema(path: sandbox.outputsPath, attachments: rules)
    }
  }
}
