// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

struct URLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "url",
    abstract: "Print a URL with which anybody can read an object, or write it.",
    discussion: """
      A URL for writing (--put) works with `curl -T FILE URL`; a --content-type given here must be sent then, exactly: \
      `curl -H 'Content-Type: image/jpeg' -T FILE URL`. The URL ends with the credentials that made it, which may be before \
      --expires; --json tells when.
      """)

  @Argument(help: "s3://BUCKET/KEY")
  var location: String

  @Flag(help: "A URL to write the object with.")
  var put = false

  @Option(help: ArgumentHelp("How long the URL works, up to 168h.", valueName: "duration"))
  var expires = DurationOption(seconds: 900)

  @Option(help: "Content-Type to answer with; with --put, that must be sent.")
  var contentType: String?

  @Option(help: "Content-Disposition, likewise.")
  var contentDisposition: String?

  @Option(help: "Cache-Control, likewise.")
  var cacheControl: String?

  @Flag(help: "Fail when there is no such object.")
  var validate = false

  @Flag(help: "Print the URL, its headers and its end as JSON.")
  var json = false

  @OptionGroup var store: StoreOptions

  private struct Answer: Encodable {
    var url: String
    var method: String
    var headers: [String: String]
    var expiresAt: Date
    var expiresIn: Int
  }

  func run() throws {
    let (bucket, key) = try ObjectLocation.object(location)
    let storage = store.storage()
    let options = URLOptions(
      method: put ? .put : .get, bucket: store.bucket(bucket), expiresIn: Int(min(expires.seconds, 1e9)),
      contentType: contentType, contentDisposition: contentDisposition.map { ContentDisposition($0) },
      cacheControl: cacheControl, useAccelerateEndpoint: store.accelerate,
      expectedBucketOwner: store.expectedBucketOwner, validateObjectExistence: validate)
    let url = try AsyncRun.run {
      let url = try await CommandFailure.told { () async throws(StorageError) in
        try await storage.getURL(path: .path(key), options: options)
      }
      await storage.close()
      return url
    }
    guard json else { return print(url.url.absoluteString) }
    print(
      try JSONLine.text(
        Answer(
          url: url.url.absoluteString, method: url.method.rawValue, headers: url.headers, expiresAt: url.expiresAt,
          expiresIn: url.expiresIn)))
  }
}
