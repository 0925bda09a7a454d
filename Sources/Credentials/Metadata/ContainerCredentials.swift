// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

/// The role of a container, from the agent of ECS or EKS beside it (AWS SDKs and Tools Reference Guide, "Container
/// credential provider").
struct ContainerCredentials: CredentialSource {
  let environment: AWSEnvironment
  let transport: any HTTPTransport

  private static let timeout = 5.0

  func look() async throws(CredentialsError) -> SourceAnswer {
    let url: String
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      guard path.hasPrefix("/") else {
        throw CredentialsError("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /")
      }
      url = "http://169.254.170.2" + path
    } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      guard ContainerEndpoint.isTrusted(full) else {
        throw CredentialsError(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or name a loopback address or that of the ECS or EKS agent"
        )
      }
      url = full
    } else {
      return .absent("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set")
    }
    var headers: [(name: String, value: String)] = [("accept", "application/json")]
    if let token = try await authorization() { headers.append(("authorization", token)) }
    let source = "the container's credentials endpoint"
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await MetadataRequest(
        transport: transport, url: url, headers: headers, timeout: ContainerCredentials.timeout
      ).send()
    } catch {
      throw CredentialsError("\(source) gave no answer (\(error.message))", isTransient: error.isTransient)
    }
    guard response.status == 200 else {
      throw CredentialsError(
        "\(source) answered with status \(response.status)",
        isTransient: response.status >= 500 || response.status == 429)
    }
    return .found(try CredentialDocument.decode(response.body, from: source).credentials(from: source))
  }

  /// The token that the agent wants; from a file, which EKS replaces while the container runs, or from a variable.
  private func authorization() async throws(CredentialsError) -> String? {
    let name: String
    let bytes: [UInt8]
    if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
      bytes = try await TokenFile.read(file, named: name)
    } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
      name = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
      bytes = Array(token.utf8)
      guard !bytes.contains(UInt8(ascii: "\n")), !bytes.contains(UInt8(ascii: "\r")) else {
        throw CredentialsError("\(name) holds a line break")
      }
    } else {
      return nil
    }
    guard let token = PrintableLine.first(of: bytes) else { throw CredentialsError("\(name) holds no token") }
    return token
  }
}
