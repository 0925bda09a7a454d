// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

/// Keys that break clients which encode carelessly, on the real servers.
@Suite struct KeyTests {
  static let portable = [
    "plain.txt", "a b  c", "plus+plus", "percent%41%zz", "quote\"'`", "<&>", "ünï-çødé", "e\u{301}", "日本/語", "🦀",
    "?query=1&x", "#frag",
    "semi;colon", "a=b", "tilde~", "(paren)[bracket]{brace}", "*!$@,:|^", "trailing.", " leading", "trailing ",
    "back\\slash",
  ]
  /// Not on SeaweedFS, which is a file system underneath.
  static let flatOnly = [
    "new\nline", "tab\there", "cr\rhere", "control\u{1}\u{7f}", "a//b", "/leading-slash", "a/./b", "a/../b", "..", ".",
    "dir/",
  ]

  @Test(arguments: ServerKind.allCases)
  func everyOperationRoundTrips(_ kind: ServerKind) async throws {
    let fixture = try ServerFixture(kind)
    let client = fixture.client
    var keys = KeyTests.portable
    if kind == .ministack { keys += KeyTests.flatOnly }
    for name in keys {
      let key = ObjectKey(name)
      do {
        let body = Array("body of \(name)".utf8)
        _ = try await client.putObject(key, body: .bytes(body), properties: ObjectProperties())
        #expect(try fixture.other.get(fixture.bucket, name) == body, "\(name)")
        #expect(try await client.headObject(key).size == Int64(body.count))
        #expect(try await client.getObject(key, into: .collect(limit: 1_000)).bytes == body)
        let listing = try await client.listObjects(prefix: name)
        #expect(listing.objects.map(\.key) == [key], "\(name.debugDescription)")
        let copy = ObjectKey("copies/" + name)
        _ = try await client.copyObject(CopySource(key: key), to: copy)
        #expect(try await client.getObject(copy, into: .collect(limit: 1_000)).bytes == body)
      } catch { Issue.record("\(name.debugDescription): \(error)") }
    }
    let all = (keys.map { ObjectKey($0) } + keys.map { ObjectKey("copies/" + $0) })
    #expect(Set(try await client.listObjects(prefix: "").objects.map(\.key)) == Set(all))
    #expect(try await client.deleteObjects(all) == [])
    #expect(try await client.listObjects(prefix: "").objects == [])
  }
}
