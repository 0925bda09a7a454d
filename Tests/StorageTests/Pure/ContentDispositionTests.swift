// SPDX-License-Identifier: Apache-2.0

import Storage
import Testing

@Suite struct ContentDispositionTests {
  @Test(
    arguments: [
      ("a.txt", #"attachment; filename="a.txt""#),
      ("a b (1).txt", #"attachment; filename="a b (1).txt""#),
      ("", #"attachment; filename="""#),
      (#"a"b.txt"#, #"attachment; filename="a\"b.txt"; filename*=UTF-8''a%22b.txt"#),
      (#"a\b.txt"#, #"attachment; filename="a\\b.txt"; filename*=UTF-8''a%5Cb.txt"#),
      ("naïve.txt", "attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt"),
      ("€ rates", "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates"),
      ("100%41.txt", "attachment; filename=\"100%41.txt\"; filename*=UTF-8''100%2541.txt"),
      ("a\r\nSet-Cookie: x", "attachment; filename=\"a_Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"),
      (
        "👨‍👩‍👧.png",
        "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7.png"
      ),
    ] as [(String, String)])
  func namesAreQuoted(filename: String, value: String) {
    #expect(ContentDisposition.attachment(filename: filename).value == value)
  }

  @Test func typesStandAlone() {
    #expect(ContentDisposition.attachment().value == "attachment")
    #expect(ContentDisposition.inline().value == "inline")
    #expect(ContentDisposition.inline(filename: "x").value == "inline; filename=\"x\"")
    let literal: ContentDisposition = "attachment; filename=\"file.jpg\""
    #expect(literal.value == "attachment; filename=\"file.jpg\"")
  }
}
