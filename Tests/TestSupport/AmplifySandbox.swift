// SPDX-License-Identifier: Apache-2.0
//
// An Amplify backend on loopback, with users: `scripts/amplify-sandbox`.
//
// For: everything that begins with an amplify_outputs.json. Its buckets `app` and `media`, their objects and who may do what
// are in scripts/amplify_sandbox/project.py. The store itself enforces the access rules, by role and by identity.
// It runs as long as a reference to this object, or its `server`, exists and the test process lives; then its files are
// removed. Any thread may call; every call blocks.
// What can go wrong: starting fails, then `start` throws with the program's words.

package final class AmplifySandbox: Sendable {
  /// A user of the pool.
  package struct User: Sendable {
    /// `alice`: signed in, no group; `bob`: another one; `carol`: admin; `dave`: admin and editors; `erin`: editors; `nora`:
    /// has to choose a new password; `tina`: is asked for a one-time code.
    package let name: String
    /// What the user types to sign in, an address.
    package let username: String
    /// The pool's own name for the user.
    package let sub: String
    package let groups: [String]
    /// Nil before the first sign-in: nora's.
    package let identityID: String?
    /// A file with the password and a newline, readable by its owner.
    package let passwordFile: String
  }

  /// The server behind it. Its credentials may do everything, also what no user may: for arranging and for checking.
  package let server: TestServer
  /// The path of amplify_outputs.json.
  package let outputsPath: String
  /// The buckets' names at the store, by friendly name.
  package let buckets: [String: String]
  /// By name.
  package let users: [String: User]
  /// The GraphQL endpoint of its data service, with the models of scripts/graphql_models.
  package let dataURL: String
  package let apiKey: String

  private let supervisor: ServerSupervisor

  private static let common = Result { try start() }

  /// The sandbox that all tests of this process share; started by the first who asks. Leave its objects as they are, its
  /// lifetimes and its server alone, and nora's password.
  package static func shared() throws -> AmplifySandbox { try common.get() }

  /// ``shared()`` for tasks, which must not block.
  package static func shared() async throws -> AmplifySandbox { try await BlockingWork.run { try shared() } }

  /// Starts one of the caller's own. Takes about three seconds.
  package static func start() throws -> AmplifySandbox { try AmplifySandbox() }

  /// ``start()`` for tasks, which must not block.
  package static func start() async throws -> AmplifySandbox { try await BlockingWork.run { try start() } }

  private init() throws {
    supervisor = try ServerSupervisor("amplify-sandbox", "--json")
    let greeting = try supervisor.greeting()
    server = try TestServer(supervisor, greeting: greeting)
    guard let outputs = greeting["outputs"] as? String, let buckets = greeting["buckets"] as? [String: String],
      let described = greeting["users"] as? [String: [String: Any]], let data = greeting["data"] as? [String: Any],
      let dataURL = data["url"] as? String, let apiKey = data["apiKey"] as? String
    else { throw TestSupportError("unexpected greeting from scripts/amplify-sandbox") }
    outputsPath = outputs
    self.buckets = buckets
    self.dataURL = dataURL
    self.apiKey = apiKey
    users = try .init(uniqueKeysWithValues: described.map { ($0, try User($0, $1)) })
  }

  /// The environment in which `pail` and AWS tools reach the sandbox, and nothing of the account of who runs the tests.
  package var environment: [String: String] {
    [
      "AWS_ENDPOINT_URL": server.endpoint, "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    ]
  }

  /// The user `name`.
  ///
  /// - Throws: ``TestSupportError`` if there is none.
  package func user(_ name: String) throws -> User {
    guard let user = users[name] else { throw TestSupportError("the sandbox has no user \(name)") }
    return user
  }

  /// A bucket as boto3 sees it with every permission; `friendlyName` is `app` or `media`.
  ///
  /// - Throws: ``TestSupportError`` if there is none.
  package func bucket(_ friendlyName: String) throws -> IndependentBucket {
    guard let bucket = buckets[friendlyName] else {
      throw TestSupportError("the sandbox has no bucket \(friendlyName)")
    }
    return IndependentBucket(server, bucket: bucket)
  }

  /// A one-time code that tina may give now.
  package func oneTimeCode() throws -> String {
    guard let code = try supervisor.perform("totp")["code"] as? String else { throw TestSupportError("no code") }
    return code
  }

  /// Lets credentials of identities that are issued from now on expire after `seconds`; it was an hour. Then the store
  /// refuses them with ExpiredToken. Own sandboxes only.
  package func setCredentialLifetime(seconds: Int) throws { try supervisor.perform("lifetime \(seconds)") }

  /// Lets all credentials of identities that were issued so far expire now. Who asks for new ones gets them. Own sandboxes
  /// only.
  package func expireCredentials() throws { try supervisor.perform("expire") }

  /// Lets ID and access tokens that are issued from now on expire after `seconds`; it was an hour. Own sandboxes only.
  package func setTokenLifetime(seconds: Int) throws { try supervisor.perform("token-lifetime \(seconds)") }
}

extension AmplifySandbox.User {
  fileprivate init(_ name: String, _ described: [String: Any]) throws {
    guard let username = described["username"] as? String, let sub = described["sub"] as? String,
      let groups = described["groups"] as? [String], let passwordFile = described["passwordFile"] as? String
    else { throw TestSupportError("unexpected user \(name) from scripts/amplify-sandbox") }
    self.init(
      name: name, username: username, sub: sub, groups: groups, identityID: described["identityID"] as? String,
      passwordFile: passwordFile)
  }
}
