// SPDX-License-Identifier: Apache-2.0
//
// Signatures made by botocore 1.44.5, with its clock held at 2026-11-21T10:00:00Z, for what the published examples leave
// out: keys and queries full of reserved characters, session tokens, odd header values. To make them again: S3SigV4Auth,
// S3SigV4QueryAuth and SigV4Auth of `botocore.auth`, on `AWSRequest`s whose path is `urllib.parse.quote(key, safe="/~")`.

import SigV4
import Testing

@Suite struct BotocoreTests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
  private let lasting = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret)
  private let temporary = AWSCredentials(
    accessKeyID: "ASIAEXAMPLE", secretAccessKey: secret, sessionToken: "FwoGZXIvYXdzE+/=token==")
  private let signer = Signer(service: "s3", region: "eu-central-1")
  private let time: Int64 = 1_795_255_200

  private func signature(_ request: SignableRequest, _ credentials: AWSCredentials? = nil) -> String {
    let added = signer.sign(request, with: credentials ?? lasting, at: time)
    return String(added.first { $0.name == "authorization" }?.value.suffix(64) ?? "")
  }

  @Test(arguments: [
    ("a b", "/bucket/a%20b", "e2b2de70b856bccacec992e14deb02546d4ef6395f3bb76681ed51c9ce3a6c7a"),
    ("a+b", "/bucket/a%2Bb", "ea89b0fd14d0dd3e0c75ecb769ef3f898a34a3d598d85b254e92835ff33d8330"),
    ("100%", "/bucket/100%25", "a900b1e25cf17653ee8e746ec35d0415c0761b41d5773cc64d048aa94fb5ff76"),
    ("%2F", "/bucket/%252F", "6ceb3430ab6a83fee3c3fff309b6cf598dba537b357050656e2e018fc7317965"),
    ("a#b?c&d=e", "/bucket/a%23b%3Fc%26d%3De", "6e3f50152b25a16a86ad3ae0464e20bdfafa439554dcadc7c6704ca383e6dbb5"),
    ("'!()*", "/bucket/%27%21%28%29%2A", "e9204a05cf47ae1fce456f9e7accda7d69a78b4fc673914004f8e768cb1892a2"),
    (
      "h\u{E9}llo/\u{65E5}\u{672C}/\u{1F980}", "/bucket/h%C3%A9llo/%E6%97%A5%E6%9C%AC/%F0%9F%A6%80",
      "d9344ee28c3721986d0dfad0d6b246c8e2c2d3535caa06bc985914b6945aedef"
    ),
    ("cafe\u{301}", "/bucket/cafe%CC%81", "af0eac947d61b9cb834fa6e57997b4a41d89b5d153ce9d1807fea4e006fc9512"),
    ("~tilde_-.", "/bucket/~tilde_-.", "ab4888fdf08877f28cb45ea169e01e1c65a4ad083c5959852f389a130d0f43ad"),
    ("//double//", "/bucket///double//", "6c41d3b9480e974e20a37b209f9610d3c91b55cdc9260d1803c73ca1d89f0f5f"),
    ("a/./b/../c", "/bucket/a/./b/../c", "e486c2faca9003ea4670e2661e89d356a9d06b91b35f25ec990cf560892171aa"),
    ("dir/", "/bucket/dir/", "4d5e726c6ea4bc14da855ca967cc7ebf04b38e4c06081f3e3da8dcd92b9c4f4e"),
    ("\u{1}\n\t\u{7F}", "/bucket/%01%0A%09%7F", "93ba228153174900d5c2a20b6c3844bf6cb40045bc65786c2a87f2377dd3c72c"),
    (
      "\"<>\\^`{|}", "/bucket/%22%3C%3E%5C%5E%60%7B%7C%7D",
      "f428cef8f62505422da76264b570a7195372d0b8901e69c071330a0e1586703c"
    ),
    ("@:;,$", "/bucket/%40%3A%3B%2C%24", "534d23ae26cb95368bba420302952759afac890ad5e9789dc4e36957476dc7a5"),
    ("", "/bucket/", "3579ae7df5b5c0796d504b42cf01d4930bb0a972af5df5568a9bd8a86aa5b5cf"),
  ]) func keys(key: String, path: String, expected: String) {
    #expect(URIEncoding.path("/bucket/" + key) == path)
    #expect(
      signature(SignableRequest(method: "GET", host: "127.0.0.1:8333", path: path, payload: .empty)) == expected)
  }

  static let queries: [([(name: String, value: String)], String, String)] = [
    (
      [
        ("list-type", "2"), ("prefix", "a b/+&=~*'"), ("delimiter", "/"),
        ("continuation-token", "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="),
      ],
      "continuation-token=1ueGcxLPRx1Tr%2FXYExHnhbYLgveDs2J%2Fwm36Hy4vbOwM%3D&delimiter=%2F&list-type=2&prefix=a%20b%2F%2B%26%3D~%2A%27",
      "d14e43d2857e4dffd35ea3f7028a0155db7aad8817ce1619b643cee14b2295ee"
    ),
    ([("uploads", "")], "uploads=", "0a048c84865a8a315c5dbaa7aa7abe5010de25e5f6dc9b8e53dcc4d27d81bf0e"),
    (
      [("partNumber", "10"), ("uploadId", "x.y_z~-1"), ("a", "\u{E9}\u{1F980}"), ("A", "1"), ("Z", "%")],
      "A=1&Z=%25&a=%C3%A9%F0%9F%A6%80&partNumber=10&uploadId=x.y_z~-1",
      "d788c9e67314badf17ca2dc9be4c436312460e95fdef2d5f8cdae52116a08fd0"
    ),
    (
      [("b", "2"), ("a-b", "1"), ("a", "3"), ("a.b", "4"), ("aB", "5")], "a=3&a-b=1&a.b=4&aB=5&b=2",
      "7128c3ea408d34b52b11b2749b7a9c7f13fff8a42cb24966b469e493a6e66a3c"
    ),
  ]

  @Test(arguments: queries.indices) func query(index: Int) {
    let (items, encoded, expected) = BotocoreTests.queries[index]
    #expect(URIEncoding.query(items) == encoded)
    #expect(
      signature(
        SignableRequest(method: "GET", host: "127.0.0.1:8333", path: "/bucket", query: items, payload: .empty))
        == expected)
  }

  @Test func headersTokenAndBody() {
    let added = signer.sign(
      SignableRequest(
        method: "PUT", host: "127.0.0.1:8333", path: "/bucket/k",
        headers: [
          ("Content-Type", "text/plain; charset=utf-8"), ("x-amz-meta-note", "  two   spaces\t and tab "),
          ("If-None-Match", "*"), ("X-Amz-Meta-A", "h\u{E9}llo"),
        ], payload: .of(Array("hello".utf8))), with: temporary, at: time)
    #expect(added.map(\.name) == ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "authorization"])
    #expect(added[1].value == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    #expect(added[2].value == "FwoGZXIvYXdzE+/=token==")
    #expect(
      added[3].value == "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261121/eu-central-1/s3/aws4_request, "
        + "SignedHeaders=content-type;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-note;"
        + "x-amz-security-token, Signature=fe4c418972d271dfed6954f4dbb5b86e972226a86ee4697c5e1ec77a41b8db81")
  }

  @Test func presignedWithResponseHeader() {
    let query = signer.presign(
      SignableRequest(
        method: "GET", host: "s3.example.com", path: "/bucket/a%20b",
        query: [("response-content-disposition", "attachment; filename=\"a b.txt\"")], payload: .unsigned),
      with: lasting, at: time, expiresIn: 900)
    #expect(
      query == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T100000Z"
        + "&X-Amz-Expires=900&X-Amz-SignedHeaders=host"
        + "&response-content-disposition=attachment%3B%20filename%3D%22a%20b.txt%22"
        + "&X-Amz-Signature=5771a31b3ed5e4eb7110ddc6d382ed91a5969e8723daee463e9ca93cdd0f1e31")
  }

  @Test func presignedWithToken() {
    let query = signer.presign(
      SignableRequest(method: "GET", host: "s3.example.com", path: "/bucket/k", payload: .unsigned), with: temporary,
      at: time, expiresIn: 900)
    #expect(
      query == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=ASIAEXAMPLE%2F20261121%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T100000Z"
        + "&X-Amz-Expires=900&X-Amz-Security-Token=FwoGZXIvYXdzE%2B%2F%3Dtoken%3D%3D&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=fcef34641e8d4596d6ec204a2d5625f50df0f484d9c039deb1788581700cf80c")
  }

  @Test func presignedPutWithSignedContentType() {
    let query = signer.presign(
      SignableRequest(
        method: "PUT", host: "s3.example.com", path: "/bucket/k", headers: [("Content-Type", "image/png")],
        payload: .unsigned), with: lasting, at: time, expiresIn: 900)
    #expect(
      query == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T100000Z"
        + "&X-Amz-Expires=900&X-Amz-SignedHeaders=content-type%3Bhost"
        + "&X-Amz-Signature=1d9b29fd8f532f4c137bebe6cb92bbe8d4d86b0be894c3d6745844acddd143bd")
  }

  @Test(arguments: [
    ("/", "aea951cc1bf73b4f08af6217b96e8efd9f4961d5e9647091d7ba8893466aa1a0"),
    ("/a%20b/", "7542914d8abd199e56aa11df170a0eaa395ad6f62f68f7c1dba264355b39d655"),
    ("/a/../b//c/./", "3060d2ddfe9d04de155e5ff87bfb77e7679786c432e5ecb849ee96023ead9962"),
    ("/%20x/%C3%A9", "007e7772431b700089161988dc5bf7e0c217e9be01b0b98f186c46b618866362"),
  ]) func otherServices(path: String, expected: String) {
    let added = Signer(service: "sts", region: "eu-central-1").sign(
      SignableRequest(
        method: "POST", host: "sts.eu-central-1.amazonaws.com", path: path,
        headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
        payload: .of(Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))), with: temporary, at: time)
    #expect(added.map(\.name) == ["x-amz-date", "x-amz-security-token", "authorization"])
    #expect(added[2].value.hasSuffix("Signature=" + expected))
  }
}
