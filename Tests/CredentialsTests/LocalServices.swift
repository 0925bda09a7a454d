// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Logging
import TestSupport

/// What the services on an instance or beside a container answer, in the documents that AWS shows.
enum LocalServices {
  static let transport = CurlTransport(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

  static let document = """
    {"Code": "Success", "LastUpdated": "2026-11-21T09:00:00Z", "Type": "AWS-HMAC", "AccessKeyId": "ASIAROLE",
     "SecretAccessKey": "role/secret", "Token": "role+token==", "Expiration": "2026-11-21T16:00:00Z"}
    """

  /// 2026-11-21T10:00:00Z.
  static let now: @Sendable () -> Int64 = { 1_795_255_200 }

  /// The metadata service of an instance with a role; refuses requests without its token.
  static func instance(role: String = "the-role", document: String = document) throws -> ScriptedHTTPServer {
    try ScriptedHTTPServer { instanceAnswer(to: $0, role: role, document: document) }
  }

  static func instanceAnswer(
    to request: ScriptedRequest, role: String = "the-role", document: String = document
  ) -> ScriptedResponse {
    if request.method == "PUT" && request.target == "/latest/api/token" {
      return request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
        ? .answer(body: Array("the-token".utf8)) : .answer(400)
    }
    guard request.headers["x-aws-ec2-metadata-token"] == "the-token" else { return .answer(401) }
    switch request.target {
    case "/latest/meta-data/iam/security-credentials/":
      return role.isEmpty ? .answer(404) : .answer(body: Array(role.utf8))
    case "/latest/meta-data/iam/security-credentials/\(role)": return .answer(body: Array(document.utf8))
    default: return .answer(404)
    }
  }

  /// The answer of STS to both operations.
  static func tokenService(name: String = "ASIASTS") -> ScriptedResponse {
    .answer(
      headers: [("content-type", "text/xml")],
      body: Array(
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>
        <AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/r/me</Arn></AssumedRoleUser><Credentials>
        <AccessKeyId>\(name)</AccessKeyId><SecretAccessKey>s/&amp;+</SecretAccessKey>
        <SessionToken>t&lt;==</SessionToken><Expiration>2026-11-21T11:00:00Z</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>
        """.utf8))
  }

  static let fromTokenService = (id: "ASIASTS", secret: "s/&+", token: "t<==", expiration: Int64(1_795_258_800))
}
