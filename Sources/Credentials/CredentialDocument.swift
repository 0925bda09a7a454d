// SPDX-License-Identifier: Apache-2.0
//
// The JSON documents in which credential processes, containers and the metadata service hand out credentials. Decoded with
// Foundation's JSONDecoder: they are small, come once an hour, and FoundationEssentials brings no ICU with it.

import FoundationEssentials
import SigV4

/// One such document. The member names differ a little between the sources.
struct CredentialDocument: Decodable {
  /// 1; only credential processes have it.
  var version: Int?
  /// `Success`; only the metadata service has it.
  var code: String?
  var accessKeyID: String?
  var secretAccessKey: String?
  var sessionToken: String?
  var token: String?
  var expiration: String?

  private enum CodingKeys: String, CodingKey {
    case version = "Version"
    case code = "Code"
    case accessKeyID = "AccessKeyId"
    case secretAccessKey = "SecretAccessKey"
    case sessionToken = "SessionToken"
    case token = "Token"
    case expiration = "Expiration"
  }

  /// - Parameter source: who made it, for the message.
  /// - Throws: when it is not such a document. The message holds nothing of it.
  static func decode(_ bytes: [UInt8], from source: String) throws(CredentialsError) -> CredentialDocument {
    do {
      return try JSONDecoder().decode(CredentialDocument.self, from: Data(bytes))
    } catch {
      throw CredentialsError("\(source) did not answer with a credentials document in JSON")
    }
  }

  func credentials(from source: String) throws(CredentialsError) -> AWSCredentials {
    guard let accessKeyID = accessKeyID.nonEmpty, let secretAccessKey = secretAccessKey.nonEmpty else {
      throw CredentialsError("\(source) answered without AccessKeyId and SecretAccessKey")
    }
    var seconds: Int64?
    if let expiration {
      seconds = ISO8601.parse(expiration)
      guard seconds != nil else { throw CredentialsError("\(source) answered with an Expiration that is no time") }
    }
    return AWSCredentials(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: (sessionToken ?? token).nonEmpty,
      expiration: seconds)
  }
}
