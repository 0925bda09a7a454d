// SPDX-License-Identifier: Apache-2.0

import Testing

import S3Client

@Suite struct ListingTests {
  private func list(
    _ page: String, prefix: String = "", delimiter: String? = nil, token: String? = nil
  ) throws(AnswerFailure) -> ObjectListing {
    try ObjectListing(
      Array(page.utf8), answering: .init(prefix: prefix, delimiter: delimiter, continuationToken: token))
  }

  @Test func readsTheEncodingBehindTheKeys() throws {
    let listing = try list(SamplePages.seaweedFSList, delimiter: "/")
    let etag = ETag("9dd4e461268c8034f5c8564e155c67a6")
    #expect(
      listing.objects == [
        ListedObject(key: "a b+c", size: 1, etag: etag, lastModified: 1_795_259_095, storageClass: "STANDARD"),
        ListedObject(key: "q\"&<", size: 1, etag: etag, lastModified: 1_795_259_095, storageClass: "STANDARD"),
      ])
    #expect(listing.commonPrefixes == ["d/"])
    #expect(listing.nextContinuationToken == nil)
  }

  @Test func readsTheEncodingBeforeTheKeys() throws {
    let listing = try list(SamplePages.ministackList)
    #expect(listing.objects.map(\.key.string) == ["a b+c", "d/e"])
    #expect(listing.objects.map(\.lastModified) == [1_795_259_097, 1_795_259_097])
    #expect(listing.nextContinuationToken == "ZC9l")
  }

  @Test func readsKeysAsTheyAreWithoutEncoding() throws {
    let listing = try list(SamplePages.awsList)
    #expect(
      listing.objects == [
        ListedObject(
          key: "my+image%20&.jpg", size: 434_234, etag: ETag("fba9dede5f27731c9771645a39863328"),
          lastModified: 1_255_369_830, storageClass: "GLACIER")
      ])
  }

  @Test func leavesOutKeysThatAreNotUTF8() throws {
    let listing = try list(
      page(
        "<Contents><Key>%FF</Key><Size>1</Size></Contents><Contents><Key>ok%C3%BC</Key><Size>2</Size></Contents><CommonPrefixes><Prefix>%FE/</Prefix></CommonPrefixes>"
      ))
    #expect(listing.objects.map(\.key) == ["okü"])
    #expect(listing.undecodableKeys == 2)
  }

  private func page(_ content: String) -> String {
    "<ListBucketResult><EncodingType>url</EncodingType>\(content)</ListBucketResult>"
  }

  private static let truncated = "<IsTruncated>true</IsTruncated>"
  private static let object = "<Contents><Key>p/x</Key><Size>1</Size></Contents>"

  @Test(arguments: [
    ("truncated without token", truncated + object),
    ("truncated with an empty token", truncated + "<NextContinuationToken></NextContinuationToken>"),
    ("the token repeated", truncated + "<NextContinuationToken>T</NextContinuationToken>"),
    ("a negative size", "<Contents><Key>p/x</Key><Size>-1</Size></Contents>"),
    ("no size", "<Contents><Key>p/x</Key></Contents>"),
    ("no key", "<Contents><Size>1</Size></Contents>"),
    ("a key outside of the prefix", "<Contents><Key>q/x</Key><Size>1</Size></Contents>"),
    ("a common prefix outside of the prefix", "<CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes>"),
    ("a common prefix that is the prefix", "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>"),
    ("a common prefix without delimiter", "<CommonPrefixes><Prefix>p/x</Prefix></CommonPrefixes>"),
    ("fewer keys than counted", "<KeyCount>2</KeyCount>" + object),
    ("a negative count", "<KeyCount>-1</KeyCount>" + object),
    ("a broken escape", "<Contents><Key>p/%4</Key><Size>1</Size></Contents>"),
    ("a time that is none", "<Contents><Key>p/x</Key><Size>1</Size><LastModified>today</LastModified></Contents>"),
  ])
  func refuses(_ what: String, _ content: String) throws {
    #expect(throws: AnswerFailure.self, "\(what)") {
      try list(page(content), prefix: "p/", delimiter: "/", token: "T")
    }
    #expect(try list(page(ListingTests.object), prefix: "p/").objects.count == 1)
  }

  @Test func aTokenOnTheLastPageIsNone() throws {
    let last = page("<NextContinuationToken>T</NextContinuationToken><IsTruncated>false</IsTruncated>")
    #expect(try list(last, token: "T").nextContinuationToken == nil)
  }

  @Test func readsParts() throws {
    let page = try PartListing(Array(SamplePages.seaweedFSParts.utf8), after: 0)
    #expect(
      page.parts == [UploadedPart(number: 1, size: 5_242_880, etag: ETag("79b281060d337b9b2b84ccf390adcf74"))])
    #expect(page.nextMarker == 1)
  }

  @Test(arguments: [
    "<IsTruncated>true</IsTruncated>",
    "<IsTruncated>true</IsTruncated><NextPartNumberMarker>3</NextPartNumberMarker>",
    "<IsTruncated>true</IsTruncated><NextPartNumberMarker>10001</NextPartNumberMarker>",
    "<IsTruncated>true</IsTruncated><NextPartNumberMarker>4</NextPartNumberMarker><Part><PartNumber>5</PartNumber><Size>1</Size><ETag>a</ETag></Part>",
    "<Part><PartNumber>3</PartNumber><Size>1</Size><ETag>a</ETag></Part>",
    "<Part><PartNumber>10001</PartNumber><Size>1</Size><ETag>a</ETag></Part>",
    "<Part><PartNumber>5</PartNumber><Size>1</Size><ETag>a</ETag></Part><Part><PartNumber>4</PartNumber><Size>1</Size><ETag>a</ETag></Part>",
    "<Part><PartNumber>5</PartNumber><ETag>a</ETag></Part>",
    "<Part><PartNumber>5</PartNumber><Size>-1</Size><ETag>a</ETag></Part>",
  ])
  func refusesParts(_ content: String) {
    #expect(throws: AnswerFailure.self) {
      try PartListing(Array("<ListPartsResult>\(content)</ListPartsResult>".utf8), after: 3)
    }
  }

  @Test func readsUploads() throws {
    let page = try UploadListing(Array(SamplePages.seaweedFSUploads.utf8), prefix: "m", after: nil)
    #expect(
      page.uploads == [ListedUpload(key: "m p", upload: UploadID("91f6_967b"), initiated: 1_795_259_095)])
    #expect(page.next == nil)
    #expect(throws: AnswerFailure.self) {
      try UploadListing(Array(SamplePages.seaweedFSUploads.utf8), prefix: "x", after: nil)
    }
  }

  @Test func readsDeleteFailures() throws {
    let body =
      "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b&#xD;&amp;</Key><Code>AccessDenied</Code><Message>Access\nDenied</Message></Error></DeleteResult>"
    #expect(
      try DeleteFailure.list(Array(body.utf8)) == [
        DeleteFailure(key: "b\r&", code: "AccessDenied", message: "Access Denied")
      ])
  }
}

extension ObjectKey: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}
