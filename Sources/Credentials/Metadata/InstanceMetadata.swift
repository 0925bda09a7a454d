// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

/// The role of an EC2 instance, from its metadata service in version 2 (EC2 User Guide, "Use the Instance Metadata
/// Service"). Version 1 is not asked: it answers whoever can make the host send a GET.
struct InstanceMetadata: CredentialSource {
  let environment: AWSEnvironment
  let transport: any HTTPTransport

  /// The service answers within milliseconds where it exists; elsewhere this is what the search costs.
  private static let timeout = 1.0
  private static let path = "/latest/meta-data/iam/security-credentials/"

  private var endpoint: String {
    let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
    var endpoint =
      environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    return endpoint
  }

  func look() async throws(CredentialsError) -> SourceAnswer {
    if environment.isTrue("AWS_EC2_METADATA_DISABLED") { return .absent("AWS_EC2_METADATA_DISABLED is true") }
    let token: String
    do throws(TransportError) {
      let response = try await MetadataRequest(
        transport: transport, method: .put, url: endpoint + "/latest/api/token",
        headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")], timeout: InstanceMetadata.timeout
      ).send()
      // A web server that is no metadata service answers too.
      guard response.status == 200, let text = PrintableLine.first(of: response.body) else {
        return .absent("no instance metadata service answers")
      }
      token = text
    } catch {
      return .absent("no instance metadata service answers")
    }

    let roles = try await get(InstanceMetadata.path, token)
    if roles.status == 404 { return .absent("the instance has no role") }
    // A name of IAM goes into the path as it is: the service may not decode it (letters, digits and +=,.@-_).
    guard roles.status == 200, let role = PrintableLine.first(of: roles.body),
      !role.contains(where: { "/?#% ".contains($0) })
    else { throw failure("status \(roles.status) when asked for its role") }
    let response = try await get(InstanceMetadata.path + role, token)
    guard response.status == 200 else { throw failure("status \(response.status) for its role") }
    let source = "the instance metadata service"
    let document = try CredentialDocument.decode(response.body, from: source)
    if let code = document.code, code != "Success" {
      throw failure("code \(code.prefix(64)) for its role")
    }
    return .found(try document.credentials(from: source))
  }

  private func get(_ path: String, _ token: String) async throws(CredentialsError) -> HTTPResponse {
    do throws(TransportError) {
      return try await MetadataRequest(
        transport: transport, url: endpoint + path, headers: [("x-aws-ec2-metadata-token", token)],
        timeout: InstanceMetadata.timeout
      ).send()
    } catch {
      throw failure("no answer (\(error.message))")
    }
  }

  private func failure(_ what: String) -> CredentialsError {
    CredentialsError("the instance metadata service gave \(what)", isTransient: true)
  }
}
