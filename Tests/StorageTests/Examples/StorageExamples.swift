// SPDX-License-Identifier: Apache-2.0
//
// The examples of docs/STORAGE-API.md: DocumentationTests looks whether each of them stands here, and here they compile and run.

import Foundation
import Storage

enum StorageExamples {
  static func configure() -> Storage {
    var configuration = StorageConfiguration(bucket: "my-app-photos", region: "eu-central-1")
    configuration.buckets = ["gallery": .init(name: "my-app-gallery", region: "us-east-2")]
    configuration.stateDirectory = "/var/lib/my-app/uploads"
    let storage = Storage(configuration)
    return storage
  }

  static func configureAnotherStore() -> Storage {
    let storage = Storage(
      StorageConfiguration(
        bucket: "photos", region: "us-east-1", endpointURL: "http://127.0.0.1:8333",
        credentials: .static(accessKeyID: "minio", secretAccessKey: "minio-secret")))
    return storage
  }

  static func amplify() async throws {
    let storage = try Storage(amplifyOutputs: "amplify_outputs.json")
    _ = try await storage.uploadData(
      path: .identity { "private/\($0)/1.jpg" }, data: .file(path: "1.jpg"), options: UploadOptions(bucket: "gallery")
    ).result
  }

  static func amplifyGuest() throws -> Storage {
    var configuration = try StorageConfiguration(amplifyOutputs: "amplify_outputs.json", user: .guest)
    configuration.stateDirectory = "/var/lib/my-app/uploads"
    let storage = Storage(configuration)
    return storage
  }

  static func uploadFile(_ storage: Storage) async throws {
    let task = storage.uploadData(path: "photos/1.jpg", data: .file(path: "/home/me/1.jpg"))
    let result = try await task.result
    print("Succeeded:", result.path, result.size, result.eTag ?? "")
  }

  static func uploadData(_ storage: Storage) async throws {
    _ = try await storage.uploadData(path: "album/2024/1.txt", data: "hello").result
    _ = try await storage.uploadData(path: .identity { "album/\($0)/1.bin" }, data: .bytes([1, 2, 3])).result
  }

  static func uploadStream(_ storage: Storage, lines: AsyncStream<String>) async throws {
    let chunks = lines.map { Array($0.utf8) }
    _ = try await storage.uploadData(path: "logs/today.txt", data: .stream(chunks)).result
  }

  static func bucket(_ storage: Storage) async throws {
    // A bucket by its name in the configuration …
    _ = try await storage.uploadData(path: "album/1.txt", data: "x", options: UploadOptions(bucket: "gallery")).result
    // … or by its own name and region.
    let bucket = StorageBucket.bucket(name: "bucket-name-from-console", region: "us-east-2")
    _ = try await storage.uploadData(path: "album/1.txt", data: "x", options: UploadOptions(bucket: bucket)).result
  }

  static func progress(_ storage: Storage) async throws {
    var options = UploadOptions()
    options.onProgress = { progress in
      if let fraction = progress.fraction { print("Upload progress \(Int(fraction * 100)) %") }
    }
    let task = storage.uploadData(path: "album/2024/1.jpg", data: .file(path: "/home/me/1.jpg"), options: options)
    // The same as a sequence, for as many listeners as there are.
    for await progress in task.progress { print(progress.transferredBytes, progress.totalBytes ?? 0) }
    print("Path from response:", try await task.result.path)
  }

  static func pauseResumeCancel(_ storage: Storage) async {
    let task = storage.uploadData(path: "album/2024/1.mov", data: .file(path: "/home/me/1.mov"))
    task.pause()
    task.resume()
    task.cancel()
    do {
      _ = try await task.result
    } catch {
      if error.isCancelError { print("Nobody wanted it any more.") }
    }
  }

  static func moreOptions(_ storage: Storage) async throws {
    let options = UploadOptions(
      contentType: "image/jpeg",
      contentDisposition: .attachment(filename: "Grüße.jpg"),
      cacheControl: "max-age=3600",
      metadata: ["customKey": "customValue"],
      preventOverwrite: true,
      checksumAlgorithm: .crc32,
      expectedBucketOwner: "123456789012")
    do {
      _ = try await storage.uploadData(path: "album/2024/1.jpg", data: "x", options: options).result
    } catch {
      if error.isPreconditionFailure { print("There is one already.") }
      print(error.name, error.message, error.recoverySuggestion ?? "")
    }
  }

  static func uploadURL(_ storage: Storage) async throws {
    let upload = try await storage.getURL(
      path: "album/2024/1.jpg",
      options: URLOptions(method: .put, expiresIn: 3_600, contentType: "image/jpeg"))
    print("curl -T 1.jpg -H 'Content-Type: image/jpeg' '\(upload.url)'")
    print("until", upload.expiresAt)
  }

  static func downloadURL(_ storage: Storage) async throws {
    let options = URLOptions(contentDisposition: .attachment(filename: "1.jpg"), validateObjectExistence: true)
    print(try await storage.getURL(path: "album/2024/1.jpg", options: options).url)
  }

  static func download(_ storage: Storage) async throws {
    let text = try await storage.downloadData(path: "album/2024/1.txt").result.string
    print(text ?? "")
    let task = storage.downloadData(path: "album/2024/1.mov", to: .file(path: "/home/me/1.mov"))
    for await progress in task.progress { print(progress.transferredBytes) }
    print(try await task.result.size)
    let range = DownloadOptions(bytesRange: 0...1_023)
    print(try await storage.downloadData(path: "album/2024/1.mov", options: range).result.bytes ?? [])
  }

  static func properties(_ storage: Storage) async throws {
    let properties = try await storage.getProperties(path: "album/2024/1.jpg")
    print(properties.size, properties.contentType ?? "", properties.metadata)
  }

  static func list(_ storage: Storage) async throws {
    let options = ListOptions(subpathStrategy: .exclude())
    for try await page in storage.listPages(path: "album/", options: options) {
      for item in page.items { print(item.path, item.size) }
      for folder in page.excludedSubpaths { print(folder) }
    }
    print(try await storage.listAll(path: "album/2024/").items.count)
  }

  static func copyAndMove(_ storage: Storage) async throws {
    try await storage.copy(source: "album/2024/1.jpg", destination: "album/2025/1.jpg")
    try await storage.move(
      source: CopySourceItem(path: "album/2024/1.jpg", bucket: .bucket(name: "my-app-photos", region: "eu-central-1")),
      destination: CopyDestination(path: "1.jpg", bucket: "gallery"),
      options: CopyOptions(preventOverwrite: true))
  }

  static func remove(_ storage: Storage) async throws {
    try await storage.remove(path: "album/2024/1.jpg")
    let result = try await storage.removeAll(under: "album/2024/")
    print(result.removedCount, "removed")
    for failure in result.failed { print(failure.path, failure.code) }
  }
}
