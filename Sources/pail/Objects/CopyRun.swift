// SPDX-License-Identifier: Apache-2.0
//
// Carries out a `cp` or `mv`.
//
// For: the two commands. State: none of its own; how far it is belongs to the display, what failed to the report. Files go
// side by side, so that many small ones do not wait for each other's round trips; a large one has parts of its own.
// What can go wrong: every file for itself. The others go on, and the command ends with exit code 1.

import ArgumentParser
import Foundation
import Storage

struct CopyRun: Sendable {
  let storage: Storage
  let store: StoreOptions
  let object: ObjectOptions
  let report: CopyReport
  let isMove: Bool

  /// Files under way at once.
  private static let width = 8

  /// - Throws: the exit code, when not everything was copied.
  func run(_ request: CopyRequest) async throws {
    let interruption = Interruption()
    let found = try await find(request, interruption)
    if !object.isPlain, found.items.contains(where: { $0.operation != .upload }) {
      throw CommandFailure.usage(
        "--content-type, --metadata and their like are for uploads; a copy keeps what the object says")
    }
    for sentence in found.refused { report.refused(sentence) }
    let items = found.items
    let sizes = items.map(\.size)
    let total = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    let display =
      report.isQuiet
      ? nil
      : TransferDisplay(
        name: items.count == 1 ? items.first.map { CopyTarget.name(of: $0.source) } : nil, files: items.count,
        total: total)
    await withTaskGroup(of: Void.self) { group in
      var next = 0
      func start() {
        let number = next
        next += 1
        group.addTask { await copy(items[number], number, display, interruption) }
      }
      while next < min(CopyRun.width, items.count) { start() }
      while await group.next() != nil {
        if next < items.count, !interruption.isInterrupted { start() }
      }
    }
    display?.end()
    await storage.close()
    if interruption.isInterrupted { throw CopyRun.interrupted }
    if report.failureCount > 0 { throw ExitCode(1) }
  }

  private static let interrupted = CommandFailure(
    "interrupted; the same command again goes on with what was transferred", exitCode: Interruption.exitCode)

  /// Lists what is to be copied, which takes minutes for a large bucket.
  private func find(_ request: CopyRequest, _ interruption: Interruption) async throws -> CopyRequest.Items {
    let search = Task {
      try await request.items { bucket, prefix in
        try await storage.listAll(path: .path(prefix), options: listOptions(bucket)).items
      }
    }
    do {
      return try await interruption.during({ search.cancel() }) { try await search.value }
    } catch let error as StorageError {
      throw interruption.isInterrupted ? CopyRun.interrupted : CommandFailure(error)
    }
  }

  private func copy(
    _ item: CopyItem, _ number: Int, _ display: TransferDisplay?, _ interruption: Interruption
  ) async {
    let onProgress: @Sendable (TransferProgress) -> Void = { progress in
      display?.note(number, progress.transferredBytes, total: progress.totalBytes)
    }
    do {
      let size = try await transfer(item, onProgress, interruption)
      display?.finished(number, size: size)
    } catch {
      display?.finished(number, size: 0)
      if !interruption.isInterrupted { report.failed(item, error) }
    }
  }

  /// - Returns: bytes.
  private func transfer(
    _ item: CopyItem, _ onProgress: @escaping @Sendable (TransferProgress) -> Void, _ interruption: Interruption
  ) async throws -> Int64 {
    switch (item.source, item.destination) {
    case (.remote(let from, let key), .remote(let to, let newKey)):
      let source = CopySourceItem(
        path: .path(key), bucket: store.bucket(from), expectedBucketOwner: store.expectedBucketOwner)
      let target = CopyDestination(
        path: .path(newKey), bucket: store.bucket(to), expectedBucketOwner: store.expectedBucketOwner)
      let options = CopyOptions(preventOverwrite: object.noOverwrite)
      let copied =
        isMove
        ? try await storage.move(source: source, destination: target, options: options)
        : try await storage.copy(source: source, destination: target, options: options)
      report.done(item, size: copied.size, etag: copied.eTag, versionID: copied.versionID)
      return copied.size
    case (let source, .remote(let bucket, let key)):
      // Before the upload looks at it: a change in between is then seen by one of the two.
      let before = LocalTree.state(of: source)
      let task = storage.uploadData(
        path: .path(key), data: uploadData(source), options: uploadOptions(bucket, onProgress))
      let uploaded = try await interruption.during({ task.cancel(keepingParts: true) }) { try await task.result }
      if isMove { try LocalTree.remove(source, ifStill: before) }
      report.done(item, size: uploaded.size, etag: uploaded.eTag, versionID: uploaded.versionID)
      return uploaded.size
    case (.remote(let bucket, let key), .local(let path)):
      try LocalTree.makeParent(of: path)
      let task = storage.downloadData(
        path: .path(key), to: .file(path: path, overwrites: !object.noOverwrite, syncs: isMove),
        options: downloadOptions(bucket, onProgress))
      let downloaded = try await interruption.during({ task.cancel(keepingParts: true) }) { try await task.result }
      if isMove { try await removeSource(bucket, key, downloaded.eTag) }
      report.done(item, size: downloaded.size, etag: downloaded.eTag, versionID: downloaded.versionID)
      return downloaded.size
    case (.remote(let bucket, let key), .standardStream):
      return try await StandardOutput(storage: storage, options: downloadOptions(bucket, nil)).write(key, onProgress)
    default:
      return 0
    }
  }

  /// Removes an object whose copy is on this machine, if it is still the one that was copied.
  private func removeSource(_ bucket: String, _ key: String, _ etag: String?) async throws {
    let options = StorageOptions(
      bucket: store.bucket(bucket), useAccelerateEndpoint: store.accelerate,
      expectedBucketOwner: store.expectedBucketOwner)
    // Not every store regards the condition of a removal, so the object is looked at too.
    let now = try await storage.getProperties(path: .path(key), options: options)
    guard now.eTag == etag else {
      throw CommandFailure("the object was replaced after it was copied, and was not removed; move it again")
    }
    try await storage.remove(path: .path(key), eTag: etag, options: options)
  }

  private func uploadData(_ source: ObjectLocation) -> UploadData {
    if case .local(let path) = source { .file(path: path) } else { .stream(StandardInput()) }
  }

  private func uploadOptions(
    _ bucket: String, _ onProgress: @escaping @Sendable (TransferProgress) -> Void
  ) -> UploadOptions {
    UploadOptions(
      bucket: store.bucket(bucket), contentType: object.contentType, contentEncoding: object.contentEncoding,
      contentDisposition: object.contentDisposition.map { ContentDisposition($0) },
      contentLanguage: object.contentLanguage, cacheControl: object.cacheControl,
      metadata: Dictionary(object.metadata.map { ($0.name, $0.value) }) { $1 }, preventOverwrite: object.noOverwrite,
      useAccelerateEndpoint: store.accelerate, expectedBucketOwner: store.expectedBucketOwner, onProgress: onProgress,
      partSize: object.partSize.bytes, concurrency: object.concurrency)
  }

  private func downloadOptions(
    _ bucket: String, _ onProgress: (@Sendable (TransferProgress) -> Void)?
  ) -> DownloadOptions {
    DownloadOptions(
      bucket: store.bucket(bucket), useAccelerateEndpoint: store.accelerate,
      expectedBucketOwner: store.expectedBucketOwner, onProgress: onProgress, partSize: object.partSize.bytes,
      concurrency: object.concurrency)
  }

  private func listOptions(_ bucket: String) -> ListOptions {
    ListOptions(
      bucket: store.bucket(bucket), useAccelerateEndpoint: store.accelerate,
      expectedBucketOwner: store.expectedBucketOwner)
  }
}
