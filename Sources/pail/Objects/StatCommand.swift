// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Mount
import Storage

struct StatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stat", abstract: "Show what an object is and says about itself.")

  @Argument(help: "s3://BUCKET/KEY; may be repeated.")
  var locations: [String]

  @Flag(help: "Print a JSON object for each.")
  var json = false

  @OptionGroup var store: StoreOptions

  struct Facts: Encodable {
    var bucket: String
    var key: String
    var size: Int64
    var contentType: String?
    var contentEncoding: String?
    var contentDisposition: String?
    var contentLanguage: String?
    var cacheControl: String?
    var etag: String?
    var versionID: String?
    var lastModified: Date?
    var storageClass: String?
    var checksumCRC32: String?
    var metadata: [String: String]
  }

  func run() throws {
    let objects = try locations.map(ObjectLocation.object)
    let storage = store.storage()
    try AsyncRun.run { [self] in
      var hasFailed = false
      for (bucket, key) in objects {
        let options = StorageOptions(
          bucket: store.bucket(bucket), useAccelerateEndpoint: store.accelerate,
          expectedBucketOwner: store.expectedBucketOwner)
        do {
          let properties = try await CommandFailure.told { () async throws(StorageError) in
            try await storage.getProperties(path: .path(key), options: options)
          }
          show(Facts(bucket, properties))
        } catch {
          hasFailed = true
        }
      }
      await storage.close()
      if hasFailed { throw ExitCode(1) }
    }
  }

  private func show(_ facts: Facts) {
    if json {
      if let text = try? JSONLine.text(facts) { print(text) }
      return
    }
    print("s3://\(facts.bucket)/\(ObjectText.printable(facts.key))")
    var lines: [(String, String?)] = [
      ("Size", "\(facts.size) (\(ByteCount.text(facts.size)))"), ("Modified", facts.lastModified.map(ObjectText.time)),
      ("Content-Type", facts.contentType), ("Content-Encoding", facts.contentEncoding),
      ("Content-Disposition", facts.contentDisposition), ("Content-Language", facts.contentLanguage),
      ("Cache-Control", facts.cacheControl), ("ETag", facts.etag), ("Version", facts.versionID),
      ("Storage class", facts.storageClass), ("CRC-32", facts.checksumCRC32),
    ]
    lines += facts.metadata.sorted { $0.key < $1.key }.map { ("Metadata \($0.key)", $0.value) }
    for (name, value) in lines {
      if let value { print("  \(ObjectText.padded(name + ":", 21))\(ObjectText.printable(value))") }
    }
  }
}

extension StatCommand.Facts {
  init(_ bucket: String, _ properties: ItemProperties) {
    self.init(
      bucket: bucket, key: properties.path, size: properties.size, contentType: properties.contentType,
      contentEncoding: properties.contentEncoding, contentDisposition: properties.contentDisposition,
      contentLanguage: properties.contentLanguage, cacheControl: properties.cacheControl, etag: properties.eTag,
      versionID: properties.versionID, lastModified: properties.lastModified, storageClass: properties.storageClass,
      checksumCRC32: properties.checksumCRC32, metadata: properties.metadata)
  }
}
