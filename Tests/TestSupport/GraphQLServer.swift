// SPDX-License-Identifier: Apache-2.0
//
// A GraphQL server like AppSync with the resolvers of Amplify, and with faults at will: `scripts/graphql-server`.
//
// For: records. It runs as long as a reference to this object exists and the test process lives. Any thread may call; every call
// blocks. What can go wrong: starting fails, then `start` throws with the program's words.

package final class GraphQLServer: Sendable {
  /// Of the endpoint.
  package let url: String
  package let apiKey: String
  /// The path of an amplify_outputs.json that has `data` only.
  package let outputsPath: String

  private let supervisor: ServerSupervisor

  /// Takes less than a second.
  package static func start() async throws -> GraphQLServer { try await BlockingWork.run { try GraphQLServer() } }

  private init() throws {
    supervisor = try ServerSupervisor("graphql-server")
    let greeting = try supervisor.greeting()
    guard let url = greeting["url"] as? String, let apiKey = greeting["apiKey"] as? String,
      let outputs = greeting["outputs"] as? String
    else { throw TestSupportError("unexpected greeting from scripts/graphql-server: \(greeting)") }
    self.url = url
    self.apiKey = apiKey
    outputsPath = outputs
  }

  /// Answers requests with a status, without doing them.
  ///
  /// - Parameters:
  ///   - times: how many.
  ///   - count: requests before, which are served.
  package func fail(_ status: Int, times: Int = 1, after count: Int = 0) throws {
    try supervisor.perform("fail \(status) \(times) \(count)")
  }

  /// Does what requests ask for and cuts the connection instead of answering.
  package func drop(times: Int = 1, after count: Int = 0) throws { try supervisor.perform("drop \(times) \(count)") }

  /// Ends what ``fail(_:times:after:)`` and ``drop(times:after:)`` have begun.
  package func heal() throws { try supervisor.perform("heal") }

  /// The key is expired from now on.
  package func expireKey() throws { try supervisor.perform("expire-key") }
}
