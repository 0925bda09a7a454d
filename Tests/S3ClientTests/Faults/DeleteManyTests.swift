// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

@Suite struct DeleteManyTests {
  private static let done = FakeTransport.Answer.answer(200, [], "<DeleteResult></DeleteResult>")

  /// Content-MD5 from `Python's hashlib`.
  @Test func writesTheDocument() async throws {
    let store = try FakeStore(DeleteManyTests.done)
    #expect(try await store.client.deleteObjects(["a&<>", "b\r\n\t\"'ü"]) == [])
    let request = store.transport.requests[0]
    #expect(store.lines == ["POST /bkt?delete="])
    #expect(
      request.body.text == """
        <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet><Object><Key>a&amp;&lt;&gt;</Key></Object>\
        <Object><Key>b&#13;&#10;&#9;"'ü</Key></Object></Delete>
        """)
    #expect(request.headers["content-md5"] == "Ax3Xi5M7g/ExBe/aGghggw==")
  }

  /// SEMANTICS: rename-directory
  @Test func sendsAThousandAtATime() async throws {
    let store = try FakeStore(DeleteManyTests.done)
    let keys = (0..<2_001).map { ObjectKey("k\($0)") }
    #expect(try await store.client.deleteObjects(keys) == [])
    #expect(store.transport.requests.map { $0.body.text.components("<Key>") } == [1_000, 1_000, 1])
    #expect(try await store.client.deleteObjects([]) == [])
    #expect(store.transport.requests.count == 3)
  }

  /// XML 1.0 cannot name these keys.
  @Test func deletesOddKeysOneByOne() async throws {
    let store = try FakeStore(.answer(204), .error(403, "AccessDenied"), .answer(204))
    let failures = try await store.client.deleteObjects(["a\u{1}", "b\u{FFFF}", "c\0"])
    #expect(store.lines == ["DELETE /bkt/a%01", "DELETE /bkt/b%EF%BF%BF", "DELETE /bkt/c%00"])
    #expect(failures == [DeleteFailure(key: "b\u{FFFF}", code: "AccessDenied", message: "said the store")])
  }

  @Test func tellsWhatWasNotDeleted() async throws {
    let body = "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code><Message>m</Message></Error></DeleteResult>"
    let store = try FakeStore(.answer(200, [], body))
    #expect(
      try await store.client.deleteObjects(["a", "b"]) == [DeleteFailure(key: "b", code: "AccessDenied", message: "m")])
    let refused = try FakeStore(.error(403, "AccessDenied"))
    await #expect(throws: S3Error.self) { try await refused.client.deleteObjects(["a"]) }
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ text: String) -> Int { ranges(of: text).count }

  /// SEMANTICS: rename-directory
  @Test func deletesOnlyTheVersionThatWasNamed() async throws {
    let body =
      "<DeleteResult><Error><Key>b</Key><Code>PreconditionFailed</Code><Message>m</Message></Error></DeleteResult>"
    let store = try FakeStore(.answer(200, [], body), .error(412, "PreconditionFailed"), .error(404, "NoSuchKey"))
    let failures = try await store.client.deleteObjects(
      ["a", "b", "c\u{1}", "d\u{1}"], versions: ["b": ETag("e&"), "c\u{1}": ETag("x"), "d\u{1}": ETag("y")])
    #expect(
      store.transport.requests[0].body.text.contains(
        "<Object><Key>a</Key></Object><Object><Key>b</Key><ETag>\"e&amp;\"</ETag></Object></Delete>"))
    #expect(store.transport.requests[1].headers["if-match"] == "\"x\"")
    #expect(failures.map(\.key) == ["b", "c\u{1}"] && failures.allSatisfy(\.isConditionFailure))
  }
}
