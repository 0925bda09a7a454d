// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import Transfer

@testable import Storage

@Suite struct UploadOptionTableTests {
  private let types = MediaTypes(text: nil)

  @Test(
    arguments: [
      ("a/b.jpg", nil, "image/jpeg"), ("a/B.JPG", nil, "image/jpeg"), ("a.jpg/b", nil, "application/octet-stream"),
      ("a/.jpg", nil, "application/octet-stream"), ("folder/", nil, "application/octet-stream"),
      ("a.unknown", nil, "application/octet-stream"), ("a.jpg", "text/x", "text/x"),
    ] as [(String, String?, String)])
  func contentTypes(path: String, option: String?, type: String) throws {
    let properties = try UploadOptions(contentType: option).properties(for: ObjectKey(path), types: types)
    #expect(properties.contentType == type)
  }

  @Test(
    arguments: [
      (UploadOptions(contentType: ""), "InvalidHeaderValue"),
      (UploadOptions(contentType: "a\r\nb"), "InvalidHeaderValue"),
      (UploadOptions(contentLanguage: "ü"), "InvalidHeaderValue"),
      (UploadOptions(contentDisposition: "attachment; filename=\"ü\""), "InvalidHeaderValue"),
      (UploadOptions(cacheControl: "a\0"), "InvalidHeaderValue"),
      (UploadOptions(contentEncoding: "\u{7F}"), "InvalidHeaderValue"),
      (UploadOptions(metadata: ["a b": ""]), "InvalidMetadata"),
      (UploadOptions(metadata: ["": "x"]), "InvalidMetadata"),
      (UploadOptions(metadata: ["ä": "x"]), "InvalidMetadata"),
      (UploadOptions(metadata: ["a": "1", "A": "2"]), "InvalidMetadata"),
      (UploadOptions(metadata: ["a": String(repeating: "x", count: 2_048)]), "MetadataTooLarge"),
      (UploadOptions(metadata: ["a": String(repeating: "ü", count: 342)]), "MetadataTooLarge"),
      (UploadOptions(expectedBucketOwner: ""), "InvalidAWSAccountID"),
      (UploadOptions(expectedBucketOwner: "12345678901"), "InvalidAWSAccountID"),
      (UploadOptions(expectedBucketOwner: "1234567890123"), "InvalidAWSAccountID"),
      (UploadOptions(expectedBucketOwner: "12345678901a"), "InvalidAWSAccountID"),
      (UploadOptions(expectedBucketOwner: "١٢٣٤٥٦٧٨٩٠١٢"), "InvalidAWSAccountID"),
    ] as [(UploadOptions, String)])
  func wrongOptionsAreNamed(options: UploadOptions, name: String) {
    let error = #expect(throws: StorageError.self) { try options.properties(for: ObjectKey("k"), types: types) }
    #expect(error?.name == name)
  }

  @Test func metadataIsPrintable() throws {
    let options = UploadOptions(metadata: ["customKey": "customValue", "Title": "Ä 100%", "edge": " x ", "none": ""])
    let stored = try options.properties(for: ObjectKey("k"), types: types).metadata
    #expect(
      stored == ["customkey": "customValue", "title": "%C3%84 100%25", "edge": "%20x%20", "none": ""])
    #expect(
      UserMetadata.decode(stored) == ["customkey": "customValue", "title": "Ä 100%", "edge": " x ", "none": ""])
  }

  @Test func metadataMayBeTwoKilobytes() throws {
    let options = UploadOptions(metadata: ["a": String(repeating: "x", count: 2_047)])
    #expect(try options.properties(for: ObjectKey("k"), types: types).metadata["a"]?.count == 2_047)
  }
}
