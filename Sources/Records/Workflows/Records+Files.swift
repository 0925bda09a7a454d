// SPDX-License-Identifier: Apache-2.0
//
// "Query a record and retrieve the associated file", "Query a record and retrieve the associated files".
//
// A record in somebody's hand may be out of date: its file may have gone meanwhile, and the record been changed accordingly (the guide,
// "Data consistency when working with records and files"). So a reader that finds no file reads the record once more.

public import Storage

extension Records {
  /// The files that a record names; elements of a list that are null are left out.
  ///
  /// - Parameter field: nil for all attachment fields.
  /// - Throws: "UnknownModel", "UnknownField", "NotAnAttachment".
  public func files(of record: Record, field: String? = nil) throws(RecordError) -> [AttachedFile] {
    let model = try schema.model(record.model)
    let fields = try field.map { (name) throws(RecordError) in [try model.attachment(name)] } ?? model.attachments
    return fields.flatMap { field in
      AttachmentValue(field, of: record).elements.enumerated().compactMap { index, path in
        path.map { AttachedFile(field: field.name, index: index, path: $0) }
      }
    }
  }

  /// The files of a record as it is now, with a URL for each.
  ///
  /// - Parameters:
  ///   - field: nil for all attachment fields.
  ///   - options: with `validateObjectExistence`, what the bucket does not have is an error.
  /// - Throws: "RecordNotFound"; "DanglingReference" when a file is gone and the record still names it.
  public func urls(
    of model: String, id: String, field: String? = nil, options: URLOptions = URLOptions()
  ) async throws(RecordError) -> [(file: AttachedFile, url: StorageURL)] {
    try await reading(model, id, field) { (attached) throws(StorageError) in
      var options = options
      options.bucket = files.bucket
      var found: [(file: AttachedFile, url: StorageURL)] = []
      for file in attached {
        found.append((file, try await files.storage.getURL(path: .path(file.path), options: options)))
      }
      return found
    }
  }

  /// Downloads a file of a record.
  ///
  /// - Parameters:
  ///   - index: in a list.
  ///   - destination: memory or a file.
  /// - Throws: "RecordNotFound"; "PathNotAttached" when the record has no such file; "DanglingReference" when it has one that is gone.
  public func download(
    from model: String, id: String, field: String, index: Int = 0, to destination: DownloadDestination = .memory()
  ) async throws(RecordError) -> DownloadResult {
    let results = try await reading(model, id, field) { (attached) throws(StorageError) in
      guard let file = attached.first(where: { $0.index == index }) else { return [DownloadResult]() }
      let task = files.storage.downloadData(
        path: .path(file.path), to: destination, options: DownloadOptions(bucket: files.bucket))
      return [try await task.resultUnlessCancelled.get()]
    }
    guard let result = results.first else {
      throw RecordError(.pathNotAttached, "\(model) \(id) has no file \(index) in \(field)")
    }
    return result
  }

  /// Does something with the files that a record names; once more, with the record read again, when one of them is gone.
  private func reading<Value>(
    _ model: String, _ id: String, _ field: String?, _ body: ([AttachedFile]) async throws(StorageError) -> Value
  ) async throws(RecordError) -> Value {
    let model = try schema.model(model)
    var attached = try files(of: try await existing(model, id), field: field)
    for isLast in [false, true] {
      do throws(StorageError) {
        return try await body(attached)
      } catch {
        // 403 is how a store answers for a missing key to whoever may not list the bucket.
        guard error.isNotFound || error.httpStatus == 403 else { throw RecordError(error) }
        let now = try files(of: try await existing(model, id), field: field)
        if isLast || now == attached {
          guard let path = error.path, try await files.properties(path) == nil else { throw RecordError(error) }
          throw RecordError(.danglingReference, "\(model.name) \(id) names \(path), which is not in the bucket")
        }
        attached = now
      }
    }
    throw Records.notFound(model, id)
  }
}

extension DownloadTask {
  /// The outcome; a caller that is cancelled cancels the download.
  fileprivate var resultUnlessCancelled: Result<DownloadResult, StorageError> {
    get async {
      await withTaskCancellationHandler {
        do throws(StorageError) { return .success(try await result) } catch { return .failure(error) }
      } onCancel: {
        cancel()
      }
    }
  }
}
