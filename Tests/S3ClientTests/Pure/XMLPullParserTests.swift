// SPDX-License-Identifier: Apache-2.0

import Testing

import S3Client

@Suite struct XMLPullParserTests {
  /// Reads `<a>` as one text.
  private func text(_ document: String) throws(XMLError) -> String {
    try XMLPullParser.withDocument(Array(document.utf8), root: "a") { (parser) throws(XMLError) in
      try parser.text().string()
    }
  }

  @Test(arguments: [
    ("<a>plain</a>", "plain"),
    ("<a></a>", ""),
    ("<a/>", ""),
    ("<a x='1>2' y=\"/\"/>", ""),
    ("\u{FEFF}<?xml version=\"1.0\"?>\n<!-- c --><a>after a prolog</a>\n<!-- d -->\n", "after a prolog"),
    ("  \r\n\t<a>after white space</a>", "after white space"),
    ("<s3:a xmlns:s3='urn:x'>prefix</s3:a >", "prefix"),
    ("<a>&amp;&lt;&gt;&quot;&apos;</a>", "&<>\"'"),
    ("<a>&#65;&#x42;&#x1F980;&#x0041;&#1;&#xD;</a>", "AB🦀A\u{1}\r"),
    ("<a>1<![CDATA[<&amp;]]]]>2<!-- no -->3<?no?>4&amp;</a>", "1<&amp;]]234&"),
    ("<a> ünï  </a>", " ünï  "),
    ("<a>&amp;amp;</a>", "&amp;"),
  ])
  func readsText(_ document: String, _ expected: String) throws {
    #expect(try text(document).unicodeScalars.elementsEqual(expected.unicodeScalars))
  }

  @Test(
    arguments: [
      ("", .endedEarly), ("   ", .endedEarly), ("junk", .malformed), ("junk<a></a>", .malformed),
      ("<a></a>junk", .malformed),
      ("<a></a><a></a>", .unexpectedElement), ("<b></b>", .unexpectedElement), ("<a>", .endedEarly),
      ("<a", .endedEarly),
      ("<a x='", .endedEarly), ("<a>text", .endedEarly), ("<a>x</a", .endedEarly), ("<a>x</b>", .mismatchedEnd),
      ("<a>x</ab>", .mismatchedEnd), ("</a>", .mismatchedEnd), ("<>", .malformed), ("< a></a>", .malformed),
      ("<a <b></a>", .malformed), ("<a/b></a>", .malformed), ("<a><b></b></a>", .unexpectedElement),
      ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", .doctype), ("<a>&x;</a>", .entity), ("<a>&</a>", .entity),
      ("<a>&;</a>", .entity), ("<a>&#;</a>", .entity), ("<a>&#x;</a>", .entity), ("<a>&#xD800;</a>", .entity),
      ("<a>&#x110000;</a>", .entity), ("<a>&#99999999999;</a>", .entity), ("<a>&#-1;</a>", .entity),
      ("<a>&#1F;</a>", .entity), ("<a>&aVeryLongEntityName;</a>", .entity), ("<a><![CDATA[x</a>", .endedEarly),
      ("<a><!-- x</a>", .endedEarly), ("<!ELEMENT a><a/>", .malformed), ("<a><!x></a>", .malformed),
    ] as [(String, XMLError.Reason)])
  func refuses(_ document: String, _ reason: XMLError.Reason) {
    let error = #expect(throws: XMLError.self) { try text(document) }
    #expect(error?.reason == reason)
  }

  @Test func refusesTextThatIsNotUTF8() {
    let error = #expect(throws: XMLError.self) {
      try XMLPullParser.withDocument(Array("<a>".utf8) + [0xFF, 0xC3] + Array("</a>".utf8), root: "a") {
        (parser) throws(XMLError) in try parser.text().string()
      }
    }
    #expect(error?.reason == .notUTF8)
  }

  @Test func limitsDepthAndLength() throws {
    func nested(_ count: Int) -> [UInt8] {
      Array((String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count)).utf8)
    }
    func skip(_ document: [UInt8]) throws(XMLError) {
      try XMLPullParser.withDocument(document, root: "a") { (parser) throws(XMLError) in try parser.skip() }
    }
    try skip(nested(32))
    #expect(throws: XMLError(.tooDeep, at: 96)) { try skip(nested(33)) }
    #expect(throws: XMLError(.tooDeep, at: 96)) { try skip(nested(100_000)) }
    #expect(try text("<a>\(String(repeating: "x", count: 65_536))</a>").utf8.count == 65_536)
    #expect(throws: XMLError(.tooLong, at: 3)) { try text("<a>\(String(repeating: "x", count: 65_537))</a>") }
    let pieces = String(repeating: "<![CDATA[\(String(repeating: "x", count: 1_024))]]>", count: 65)
    #expect(throws: XMLError(.tooLong, at: 3)) { try text("<a>\(pieces)</a>") }
  }

  /// What a decoder that asks for one child knows of its siblings: nothing, and still the end must be right.
  @Test func readsTheRestOfWhatABodyLeft() throws {
    func first(_ document: String) throws(XMLError) -> String {
      try XMLPullParser.withDocument(Array(document.utf8), root: "a") { (parser) throws(XMLError) in
        guard let name = try parser.nextChild(), name == "b" else { return "" }
        return try parser.text().string()
      }
    }
    #expect(try first("<a><b>1</b><c><d/>x</c></a>") == "1")
    #expect(throws: XMLError.self) { try first("<a><b>1</b><c></a>") }
    #expect(throws: XMLError.self) { try first("<a><b>1</b>") }
  }

  @Test(arguments: [("7", 7), (" 9223372036854775807\n", Int64.max), ("0", 0)] as [(String, Int64)])
  func readsCounts(_ digits: String, _ value: Int64) throws {
    #expect(try count(digits) == value)
  }

  @Test(arguments: ["", "-1", "+1", "1.0", "9223372036854775808", "0x10", "1 2", "１"])
  func refusesCounts(_ digits: String) {
    #expect(throws: XMLError.self) { try count(digits) }
  }

  private func count(_ digits: String) throws(XMLError) -> Int64 {
    try XMLPullParser.withDocument(Array("<a>\(digits)</a>".utf8), root: "a") { (parser) throws(XMLError) in
      try parser.text().count()
    }
  }

  /// Literals of `date -u -d … +%s`.
  @Test(
    arguments: [
      ("2009-10-12T17:50:30.000Z", 1_255_369_830), ("2026-11-21T11:04:55Z", 1_795_259_095),
      ("1969-12-31T23:59:59Z", -1), ("2024-02-29T00:00:00.123456789Z", 1_709_164_800),
      ("2026-11-21T12:04:55+01:00", 1_795_259_095),
    ] as [(String, Int64)])
  func readsTimes(_ text: String, _ seconds: Int64) throws { #expect(try time(text) == seconds) }

  @Test(arguments: [
    "", "2009-10-12", "2009-10-12T17:50:30", "2009-13-12T17:50:30Z", "2023-02-29T00:00:00Z", "2009-10-12T17:50:30.Z",
    "2009-10-12 17:50:30Z", "20x9-10-12T17:50:30Z", "2009-10-12T17:50:30.00xZ", "-009-10-12T17:50:30Z",
  ])
  func refusesTimes(_ text: String) { #expect(throws: XMLError.self) { try time(text) } }

  private func time(_ text: String) throws(XMLError) -> Int64 {
    try XMLPullParser.withDocument(Array("<a>\(text)</a>".utf8), root: "a") { (parser) throws(XMLError) in
      try parser.text().time()
    }
  }
}
