// SPDX-License-Identifier: Apache-2.0
//
// The two operations of AWS STS that exchange something for temporary credentials (AWS STS API Reference). A form goes
// out, a small XML document comes back. No state. What can go wrong: no answer, throttling (both tried again), a refusal,
// whose code and message become the error.

import HTTPTransport
import SigV4

struct SecurityTokenService: Sendable {
  let region: String
  let endpoint: HTTPEndpoint
  let transport: any HTTPTransport
  let now: @Sendable () -> Int64

  private static let attempts = 3
  private static let timeout = 5.0

  /// - Parameter endpoint: an override; nil takes the endpoint of AWS in the region, or the global one without a region.
  init(
    region: String?, endpoint: String?, transport: any HTTPTransport, now: @escaping @Sendable () -> Int64
  ) throws(CredentialsError) {
    self.region = region ?? "us-east-1"
    self.transport = transport
    self.now = now
    let suffix = self.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    let url = endpoint ?? (region == nil ? "https://sts.amazonaws.com" : "https://sts.\(self.region).\(suffix)")
    guard let parsed = HTTPEndpoint(url) else {
      throw CredentialsError("the endpoint of STS is not a URL with http or https, a host and no query")
    }
    self.endpoint = parsed
  }

  /// Exchanges credentials for those of a role.
  func assumeRole(
    _ role: AssumedRole, with credentials: AWSCredentials
  ) async throws(CredentialsError) -> AWSCredentials {
    var form = role.form(action: "AssumeRole", now: now())
    if let externalID = role.externalID { form.append(("ExternalId", externalID)) }
    return try await call(form, signedWith: credentials, subject: "AssumeRole of \(role.arn)")
  }

  /// Exchanges the token of an identity provider for the credentials of a role. The request is not signed.
  func assumeRole(_ role: AssumedRole, webIdentityToken: String) async throws(CredentialsError) -> AWSCredentials {
    var form = role.form(action: "AssumeRoleWithWebIdentity", now: now())
    form.append(("WebIdentityToken", webIdentityToken))
    return try await call(form, signedWith: nil, subject: "AssumeRoleWithWebIdentity of \(role.arn)")
  }

  private func call(
    _ form: [(name: String, value: String)], signedWith credentials: AWSCredentials?, subject: String
  ) async throws(CredentialsError) -> AWSCredentials {
    let body = Array(URIEncoding.query(form).utf8)
    var attempt = 1
    while true {
      do throws(CredentialsError) {
        let response = try await send(body, signedWith: credentials, subject: subject)
        return try SecurityTokenService.credentials(response, subject: subject)
      } catch {
        if !error.isTransient || attempt == SecurityTokenService.attempts { throw error }
        let failure = error
        do { try await Task.sleep(for: .milliseconds(100 << attempt)) } catch { throw failure }
      }
      attempt += 1
    }
  }

  private func send(
    _ body: [UInt8], signedWith credentials: AWSCredentials?, subject: String
  ) async throws(CredentialsError) -> HTTPResponse {
    var headers: [(name: String, value: String)] = [
      ("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("accept", "application/xml"),
    ]
    if let credentials {
      let request = SignableRequest(
        method: "POST", host: endpoint.host, path: endpoint.path, headers: headers, payload: .of(body))
      headers += Signer(service: "sts", region: region).sign(request, with: credentials, at: now())
    }
    do throws(TransportError) {
      return try await transport.perform(
        HTTPRequest(
          method: .post, url: endpoint.url, headers: HTTPHeaders(headers), body: .bytes(body),
          destination: .collect(limit: 64 << 10), totalTimeout: SecurityTokenService.timeout))
    } catch {
      throw CredentialsError("\(subject): STS gave no answer (\(error.message))", isTransient: error.isTransient)
    }
  }

  private static func credentials(
    _ response: HTTPResponse, subject: String
  ) throws(CredentialsError) -> AWSCredentials {
    let text = ElementText(response.body)
    guard response.status == 200 else {
      let code = text["Code"] ?? "no code"
      // IDPCommunicationError asks for another attempt itself; the rest of the 400s are refusals.
      let isTransient =
        response.status >= 500 || response.status == 429 || code == "IDPCommunicationError" || code.hasPrefix("Throttl")
      let message = (text["Message"] ?? "").split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(300))" } ?? ""
      throw CredentialsError(
        "\(subject): STS answered \(response.status) \(code.prefix(64))\(message)", isTransient: isTransient)
    }
    guard let id = text["AccessKeyId"].nonEmpty, let secret = text["SecretAccessKey"].nonEmpty,
      let token = text["SessionToken"].nonEmpty, let expiration = text["Expiration"].flatMap(ISO8601.parse)
    else { throw CredentialsError("\(subject): STS answered without credentials") }
    return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
  }
}
