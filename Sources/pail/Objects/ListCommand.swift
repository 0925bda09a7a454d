// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the objects of a bucket.",
    discussion: """
      Without --recursive the level below PREFIX: objects, and folders with a slash at their end. A PREFIX without a slash lists \
      what begins with it.
      """)

  @Argument(help: "s3://BUCKET[/PREFIX]")
  var location: String

  @Flag(name: .shortAndLong, help: "List everything below.")
  var recursive = false

  @Flag(help: "Print a JSON object for each line.")
  var json = false

  @OptionGroup var store: StoreOptions

  private struct Item: Encodable {
    var key: String
    var size: Int64?
    var lastModified: Date?
    var etag: String?
    var storageClass: String?
    var isFolder: Bool
  }

  func run() throws {
    let (bucket, prefix) = try ObjectLocation.remote(location)
    let storage = store.storage()
    let options = ListOptions(
      bucket: store.bucket(bucket), subpathStrategy: recursive ? .include : .exclude(delimiter: "/"),
      useAccelerateEndpoint: store.accelerate, expectedBucketOwner: store.expectedBucketOwner)
    try AsyncRun.run { [self] in
      try await CommandFailure.told { () async throws(StorageError) in
        for try await page in storage.listPages(path: .path(prefix), options: options) { show(page) }
      }
      await storage.close()
    }
  }

  private func show(_ page: ListPage) {
    for path in page.excludedSubpaths { print(line(Item(key: path, isFolder: true))) }
    for item in page.items {
      print(
        line(
          Item(
            key: item.path, size: item.size, lastModified: item.lastModified, etag: item.eTag,
            storageClass: item.storageClass, isFolder: false)))
    }
  }

  private func line(_ item: Item) -> String {
    if json { return (try? JSONLine.text(item)) ?? "" }
    let time = item.lastModified.map(ObjectText.time) ?? ""
    let size = item.size.map { String($0) } ?? "-"
    return
      "\(ObjectText.padded(time, 19))  \(ObjectText.padded(size, 14, isRight: true))  \(ObjectText.printable(item.key))"
  }
}
