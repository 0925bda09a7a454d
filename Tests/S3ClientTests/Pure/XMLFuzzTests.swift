// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

import S3Client

/// What a hostile or broken store may send: whatever it is, the answer is a value or an error, never a crash or a hang.
/// Debug builds check every access to the document.
@Suite struct XMLFuzzTests {
  /// Feeds a document to every decoder; the number of those that took it.
  @discardableResult
  private func decodeAll(_ body: [UInt8]) -> Int {
    var taken = 0
    func attempt(_ decode: () throws(AnswerFailure) -> Void) { if (try? decode()) != nil { taken += 1 } }
    attempt { () throws(AnswerFailure) in
      let question = ObjectListing.Question(prefix: "", delimiter: "/", continuationToken: "abc")
      let listing = try ObjectListing(body, answering: question)
      #expect(listing.objects.allSatisfy { $0.size >= 0 })
      #expect(listing.nextContinuationToken != "" && listing.nextContinuationToken != "abc")
    }
    attempt { () throws(AnswerFailure) in
      let page = try PartListing(body, after: 0)
      #expect(page.parts.allSatisfy { (1...10_000).contains($0.number) })
      #expect(page.nextMarker.map { $0 > 0 } ?? true)
    }
    attempt { () throws(AnswerFailure) in _ = try UploadListing(body, prefix: "", after: nil) }
    attempt { () throws(AnswerFailure) in _ = try DeleteFailure.list(body) }
    attempt { () throws(AnswerFailure) in _ = try UploadID(body) }
    attempt { () throws(AnswerFailure) in _ = try ResultDocument(body, root: "CopyObjectResult") }
    if ErrorDocument(body) != nil { taken += 1 }
    return taken
  }

  @Test func takesEveryPageOnceWhole() {
    for page in SamplePages.all { #expect(decodeAll(Array(page.utf8)) == 1, "\(page)") }
  }

  @Test func refusesEveryTruncation() {
    for page in SamplePages.all {
      let bytes = Array(page.utf8)
      for count in bytes.indices { #expect(decodeAll(Array(bytes[..<count])) == 0, "\(count) bytes of \(page)") }
    }
  }

  @Test(arguments: 1...8)
  func survivesMutations(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    let pieces = SamplePages.all.map { Array($0.utf8) }
    let tokens = [
      "<", ">", "/", "</", "<!", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&", ";", "&#x", "&#0;", "%", "%f",
      "\"", "\0",
    ]
    for _ in 0..<1_500 {
      var body = pieces[Int(random.next() % UInt64(pieces.count))]
      for _ in 0...(random.next() % 6) {
        let place = Int(random.next() % UInt64(body.count + 1))
        let length = min(Int(random.next() % 24), body.count - place)
        switch random.next() % 6 {
        case 0: body.replaceSubrange(place..<(place + length), with: [])
        case 1: body.insert(contentsOf: body[place..<(place + length)], at: Int(random.next() % UInt64(body.count + 1)))
        case 2: body.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 3: body.insert(contentsOf: tokens[Int(random.next() % UInt64(tokens.count))].utf8, at: place)
        case 4: if place < body.count { body[place] ^= 1 << UInt8(random.next() % 8) }
        default:
          let other = pieces[Int(random.next() % UInt64(pieces.count))]
          body = Array(body[..<place]) + other.suffix(Int(random.next() % UInt64(other.count)))
        }
      }
      decodeAll(body)
    }
  }
}
