// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

/// The two operations of a Cognito identity pool. No state.
struct IdentityPoolClient: Sendable {
  /// The login of a user: the token by the name of its issuer; nil for a guest.
  typealias Logins = [String: String]

  private let service: JSONService

  init(endpoint: HTTPEndpoint, transport: any HTTPTransport) {
    service = JSONService(
      endpoint: endpoint, target: "AWSCognitoIdentityService", transport: transport)
  }

  /// The identity of a user, always the same; a new one for a guest.
  func identity(pool: String, logins: Logins?) async throws(ServiceFailure) -> String {
    let answer: Identity = try await service.call("GetId", GetID(IdentityPoolId: pool, Logins: logins))
    return answer.IdentityId
  }

  /// - Returns: the credentials, and the identity that has them: another one than was asked for when two have become one.
  func credentials(
    identity: String, logins: Logins?
  ) async throws(ServiceFailure) -> (identity: String, credentials: AWSCredentials) {
    let answer: Answer = try await service.call(
      "GetCredentialsForIdentity", GetCredentials(IdentityId: identity, Logins: logins))
    let found = answer.Credentials
    guard !found.AccessKeyId.isEmpty, !found.SecretKey.isEmpty, found.Expiration.magnitude < 1e12 else {
      throw ServiceFailure(message: "the answer has no credentials")
    }
    return (
      answer.IdentityId ?? identity,
      AWSCredentials(
        accessKeyID: found.AccessKeyId, secretAccessKey: found.SecretKey, sessionToken: found.SessionToken,
        expiration: Int64(found.Expiration))
    )
  }

  // Named as the documents have them.
  private struct GetID: Encodable { let IdentityPoolId: String, Logins: Logins? }
  private struct Identity: Decodable { let IdentityId: String }
  private struct GetCredentials: Encodable { let IdentityId: String, Logins: Logins? }
  private struct Answer: Decodable { let IdentityId: String?, Credentials: Temporary }
  private struct Temporary: Decodable {
    let AccessKeyId, SecretKey: String
    let SessionToken: String?
    /// Seconds since 1970, perhaps with a fraction.
    let Expiration: Double
  }
}
