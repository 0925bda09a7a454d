// SPDX-License-Identifier: Apache-2.0
//
// The files of records in their bucket.
//
// For: workflows, check and repair. A thin layer over Storage, without state. An upload never overwrites: a path that is taken gets
// another name, so that a file which somebody is deleting cannot be the one that somebody else attaches. An object says which
// upload of which workflow made it, in its metadata: repair deletes none of another, and of two files of one name each is sure which
// is its own.

import FoundationEssentials
import Storage

struct AttachmentFiles: Sendable {
  let storage: Storage
  let bucket: StorageBucket?

  /// The key of the metadata that names the workflow which made the object, and the upload within it.
  static let workflowKey = "pail-workflow"

  static func isMade(_ object: ItemProperties, by workflow: String) -> Bool {
    object.metadata[workflowKey]?.hasPrefix(workflow + "/") ?? false
  }

  var scope: String {
    switch bucket {
    case .named(let name): "bucket \(name)"
    case .bucket(let name, _): "s3 \(name)"
    case nil: "default"
    }
  }

  private var options: StorageOptions { StorageOptions(bucket: bucket) }

  /// Uploads a file to a path that nobody has.
  ///
  /// - Parameters:
  ///   - workflow: noted in the object.
  ///   - path: the path for a name; called again with other names while paths are taken.
  /// - Returns: where it is.
  func upload(
    _ file: RecordFile, workflow: String, path: (_ name: String) async throws(RecordError) -> String
  ) async throws(RecordError) -> String {
    var name = file.name
    let mark = "\(workflow)/\(AttachmentFiles.token())"
    for _ in 0..<8 {
      let path = try await path(name)
      // Before all of a large file is sent for nothing, or a source that can be read only once.
      if try await properties(path) != nil {
        name = AttachmentFiles.otherName(than: file.name)
        continue
      }
      var options = UploadOptions(
        bucket: bucket, contentType: file.contentType, metadata: file.metadata, preventOverwrite: true)
      options.metadata[AttachmentFiles.workflowKey] = mark
      options.onProgress = file.onProgress
      do throws(StorageError) {
        try await storage.uploadData(path: .path(path), data: file.data, options: options).resultUnlessCancelled.get()
        return path
      } catch {
        guard error.isPreconditionFailure else { throw RecordError(error) }
        // Or it is this upload, whose answer was lost.
        if try await properties(path)?.metadata[AttachmentFiles.workflowKey] == mark { return path }
        name = AttachmentFiles.otherName(than: file.name)
      }
    }
    throw RecordError(.storage, "no free path for \(file.name)", remedy: "Try again.")
  }

  /// `cover.jpg` → `3f2a9c0d-cover.jpg`.
  private static func otherName(than name: String) -> String {
    token() + "-" + name
  }

  private static func token() -> String {
    let token = String(UInt32.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 8 - token.utf8.count) + token
  }

  /// nil when there is no such object.
  func properties(_ path: String) async throws(RecordError) -> ItemProperties? {
    do throws(StorageError) {
      return try await storage.getProperties(path: .path(path), options: options)
    } catch {
      if error.isNotFound { return nil }
      // Of a key that is missing, to somebody who may not list all of the bucket.
      if error.httpStatus == 403, try await isUnlisted(path) { return nil }
      throw RecordError(error)
    }
  }

  private func isUnlisted(_ path: String) async throws(RecordError) -> Bool {
    do throws(StorageError) {
      return try await storage.list(path: .path(path), options: ListOptions(bucket: bucket, pageSize: 1)).items.first?
        .path != path
    } catch {
      return false
    }
  }

  /// Deletes an object; succeeds when there is none.
  ///
  /// - Parameter eTag: only this version, where the store regards it.
  func remove(_ path: String, eTag: String? = nil) async throws(RecordError) {
    do throws(StorageError) {
      try await storage.remove(path: .path(path), eTag: eTag, options: options)
    } catch {
      if error.isNotFound || error.isPreconditionFailure { return }
      throw RecordError(error)
    }
  }

  func list(_ prefix: String, nextToken: String?) async throws(RecordError) -> ListPage {
    do throws(StorageError) {
      return try await storage.list(path: .path(prefix), options: ListOptions(bucket: bucket, nextToken: nextToken))
    } catch {
      throw RecordError(error)
    }
  }
}

extension UploadTask {
  /// The outcome; a caller that is cancelled cancels the upload.
  fileprivate var resultUnlessCancelled: Result<Void, StorageError> {
    get async {
      await withTaskCancellationHandler {
        do throws(StorageError) {
          _ = try await result
          return .success(())
        } catch {
          return .failure(error)
        }
      } onCancel: {
        cancel()
      }
    }
  }
}
