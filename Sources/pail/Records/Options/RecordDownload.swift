// SPDX-License-Identifier: Apache-2.0
//
// Downloads the files of a record into a directory, four at a time.
//
// Paths are other people's: only the last name of one is used, and never to replace what is there. A file that is not found may have
// been taken out of the record meanwhile; so the record is read once more, and then the first that is still named and gone is told.
// What can go wrong: RecordError, StorageError; what was downloaded stays.

import Records
import Storage

struct RecordDownload: Sendable {
  let session: RecordSession
  let record: RecordArgument
  let field: String?
  let directory: String

  struct Done: Sendable {
    let file: AttachedFile
    /// Where it is now.
    let local: String
    /// Bytes.
    let size: Int64
  }

  private struct Item: Sendable {
    let number: Int
    let file: AttachedFile
    let local: String
  }

  func run() async throws -> [Done] {
    var done: [Done] = []
    var names: Set<String> = []
    for isLast in [false, true] {
      let found = try await session.records.get(record.model, id: record.id)
      let files = try session.records.files(of: found, field: field).filter { file in
        !done.contains { ($0.file.field, $0.file.path) == (file.field, file.path) }
      }
      let items = files.enumerated().map { number, file in
        Item(number: number, file: file, local: directory + "/" + LocalName.make(for: file.path, &names))
      }
      let (more, failure) = await download(items)
      done += more
      guard let failure else { break }
      // 403 is how a store answers for a missing key to whoever may not list the bucket.
      guard !isLast, failure.isNotFound || failure.httpStatus == 403 else { throw failure }
      _ = try await session.records.urls(
        of: record.model, id: record.id, field: field, options: URLOptions(validateObjectExistence: true))
    }
    return done.sorted { ($0.file.field, $0.file.index) < ($1.file.field, $1.file.index) }
  }

  /// - Returns: what came, and the first failure, after which no download has begun.
  private func download(_ items: [Item]) async -> ([Done], StorageError?) {
    let display = TransferDisplay(
      name: items.count == 1 ? items.first.map { CopyTarget.name(of: .local($0.local)) } : nil, files: items.count,
      total: nil)
    defer { display.end() }
    return await withTaskGroup(of: Result<Done, StorageError>.self) { group in
      var done: [Done] = []
      var failure: StorageError?
      var rest = items[...]
      var running = 0
      while true {
        while failure == nil, running < 4, let item = rest.popFirst() {
          running += 1
          group.addTask { await download(item, display) }
        }
        guard let result = await group.next() else { return (done, failure) }
        running -= 1
        switch result {
        case .success(let one): done.append(one)
        case .failure(let error): failure = failure ?? error
        }
      }
    }
  }

  private func download(_ item: Item, _ display: TransferDisplay) async -> Result<Done, StorageError> {
    let options = DownloadOptions(bucket: session.bucket) { progress in
      display.note(item.number, progress.transferredBytes, total: progress.totalBytes)
    }
    let task = session.storage.downloadData(
      path: .path(item.file.path), to: .file(path: item.local, overwrites: false), options: options)
    let result: Result<DownloadResult, StorageError> = await withTaskCancellationHandler {
      do throws(StorageError) { return .success(try await task.result) } catch { return .failure(error) }
    } onCancel: {
      task.cancel()
    }
    display.finished(item.number, size: (try? result.get())?.size ?? 0)
    return result.map { Done(file: item.file, local: item.local, size: $0.size) }
  }
}
