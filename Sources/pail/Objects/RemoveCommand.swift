// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage

struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove objects.",
    discussion: """
      Each KEY is one object, even if there are others below it. With --recursive, everything below KEY/ is removed. The whole \
      of a bucket is refused. An object that is not there counts as removed.
      """)

  @Argument(help: "s3://BUCKET/KEY; may be repeated.")
  var locations: [String]

  @Flag(name: .shortAndLong, help: "Remove everything below.")
  var recursive = false

  @Flag(help: "Print a JSON object for each.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @OptionGroup var store: StoreOptions

  private struct Line: Encodable {
    var key: String
    var error: String?
  }

  func run() throws {
    let objects = try locations.map(ObjectLocation.object)
    let storage = store.storage()
    try AsyncRun.run { [self] in
      var hasFailed = false
      for (bucket, key) in objects {
        do {
          let isWhole =
            recursive ? try await removeAll(storage, bucket, key) : try await remove(storage, bucket, key)
          if !isWhole { hasFailed = true }
        } catch {
          hasFailed = true
        }
      }
      await storage.close()
      if hasFailed { throw ExitCode(1) }
    }
  }

  private func remove(_ storage: Storage, _ bucket: String, _ key: String) async throws -> Bool {
    let options = StorageOptions(
      bucket: store.bucket(bucket), useAccelerateEndpoint: store.accelerate,
      expectedBucketOwner: store.expectedBucketOwner)
    try await CommandFailure.told { () async throws(StorageError) in
      _ = try await storage.remove(path: .path(key), options: options)
    }
    show(bucket, Line(key: key))
    return true
  }

  private func removeAll(_ storage: Storage, _ bucket: String, _ key: String) async throws -> Bool {
    let options = RemoveAllOptions(bucket: store.bucket(bucket), expectedBucketOwner: store.expectedBucketOwner) {
      progress in
      for path in progress.removed { show(bucket, Line(key: path)) }
      for failure in progress.failed {
        show(bucket, Line(key: failure.path, error: failure.code))
        Report.line("pail: s3://\(bucket)/\(failure.path): \(failure.code): \(failure.message)")
      }
    }
    let result = try await CommandFailure.told { () async throws(StorageError) in
      try await storage.removeAll(under: .path(key.hasSuffix("/") ? key : key + "/"), options: options)
    }
    return result.failed.isEmpty
  }

  private func show(_ bucket: String, _ line: Line) {
    if json {
      if let text = try? JSONLine.text(line) { print(text) }
    } else if !quiet, line.error == nil {
      print("removed: s3://\(bucket)/\(ObjectText.printable(line.key))")
    }
  }
}
