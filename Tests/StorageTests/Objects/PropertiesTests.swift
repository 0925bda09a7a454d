// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

@Suite struct PropertiesTests {
  @Test(arguments: StoreKind.allCases)
  func getProperties(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let options = UploadOptions(
      contentType: "text/x", contentEncoding: "x-none", contentDisposition: "inline", contentLanguage: "de",
      cacheControl: "no-store", metadata: ["Title": "Ä"], checksumAlgorithm: .crc32)
    let uploaded = try await fixture.storage.uploadData(path: "k", data: "123456789", options: options).result
    let properties = try await fixture.storage.getProperties(path: "k")
    #expect(properties.path == "k" && properties.size == 9 && properties.contentType == "text/x")
    #expect(properties.contentEncoding == "x-none" && properties.contentDisposition == "inline")
    #expect(properties.contentLanguage == "de" && properties.cacheControl == "no-store")
    #expect(properties.metadata == ["title": "Ä"] && properties.eTag == uploaded.eTag)
    #expect(properties.versionID == uploaded.versionID && properties.checksumCRC32 == "y/Q5Jg==")
    let modified = try #require(properties.lastModified)
    #expect(abs(modified.timeIntervalSinceNow) < 60)
  }

  @Test(arguments: StoreKind.allCases)
  func notFound(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let error = await #expect(throws: StorageError.self) { try await fixture.storage.getProperties(path: "k") }
    #expect(error?.name == "NotFound" && error?.httpStatus == 404 && error?.path == "k" && error?.isNotFound == true)
  }

  @Test(arguments: StoreKind.allCases)
  func bucketAndExpectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    try await fixture.other.put("k", "abc", in: second)
    let options = StorageOptions(
      bucket: .bucket(name: second, region: "us-east-1"), expectedBucketOwner: "123456789012")
    #expect(try await fixture.storage.getProperties(path: "k", options: options).size == 3)
    #expect(fixture.transport.requests.map { $0.headers["x-amz-expected-bucket-owner"] } == ["123456789012"])
  }
}
