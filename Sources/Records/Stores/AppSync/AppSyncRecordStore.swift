// SPDX-License-Identifier: Apache-2.0
//
// Records in the data service of an Amplify project: DynamoDB behind AppSync, with the resolvers that `defineData` generates.
//
// For: whoever has outgrown one machine. State: none but the connections and the client's. Any task may call, many at once.
// What can go wrong: RecordError, as the service says it in AppSyncFailure, and as these operations understand it: a failed
// condition is also how DynamoDB says that a record is not there, or is there already.
//
// Reads are eventually consistent: a record read right after its change may be the one before. Whoever changes what was read
// does so with a condition, and reads again, after a while, when that fails.

import Dispatch
package import HTTPTransport

/// Keeps records in an Amplify project's data service.
///
/// ```swift
/// let store = try AppSyncRecordStore(amplifyOutputs: "amplify_outputs.json")
/// ```
public final class AppSyncRecordStore: RecordStore {
  let client: AppSyncClient
  /// Ends with this store.
  private let ownTransport: CurlTransport?

  public var identity: String { client.endpoint.url }

  /// DynamoDB's reads are eventually consistent, as the generated resolvers ask for them.
  public var readsMayBeStale: Bool { true }

  /// DynamoDB has no index of paths: all records are read.
  public var findsPathsQuickly: Bool { false }

  /// - Parameters:
  ///   - url: of the GraphQL endpoint.
  ///   - transport: stays open when this store is closed.
  /// - Throws: "InvalidSchema" for an address that cannot be used.
  package convenience init(
    url: String, authorization: AppSyncAuthorization, transport: any HTTPTransport, clock: AppSyncClock = .system
  ) throws(RecordError) {
    self.init(
      try AppSyncEndpoint(url), authorization: authorization, transport: transport, ownTransport: nil, clock: clock)
  }

  init(
    _ endpoint: AppSyncEndpoint, authorization: AppSyncAuthorization, transport: any HTTPTransport,
    ownTransport: CurlTransport?, clock: AppSyncClock
  ) {
    client = AppSyncClient(endpoint: endpoint, authorization: authorization, transport: transport, clock: clock)
    self.ownTransport = ownTransport
  }

  public func close() async {
    guard let ownTransport else { return }
    // It waits for its threads, which no task may do.
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        ownTransport.shutdown()
        continuation.resume()
      }
    }
  }

  public func get(_ model: RecordModel, id: String) async throws(RecordError) -> Record? {
    let operation = AppSyncOperation.get(model, id: id)
    guard let value = try await client.send(operation).value else { return nil }
    return try model.record(value, of: operation)
  }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension AppSyncRecordStore: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AppSyncRecordStore(\(identity), \(client.authorization.mode.rawValue))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
