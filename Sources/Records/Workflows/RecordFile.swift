// SPDX-License-Identifier: Apache-2.0

public import Storage

/// A file to attach.
public struct RecordFile: Sendable {
  /// The end of its path: its name, without a directory.
  public var name: String
  public var data: UploadData
  /// nil: what the extension of the name says.
  public var contentType: String?
  /// Kept with the object.
  public var metadata: [String: String]
  /// Called with the progress in order, one call at a time, on any thread; must return soon.
  public var onProgress: (@Sendable (TransferProgress) -> Void)?

  public init(
    name: String, data: UploadData, contentType: String? = nil, metadata: [String: String] = [:],
    onProgress: (@Sendable (TransferProgress) -> Void)? = nil
  ) {
    self.name = name
    self.data = data
    self.contentType = contentType
    self.metadata = metadata
    self.onProgress = onProgress
  }

  /// A file of this machine, under its own name.
  public static func file(path: String) -> RecordFile {
    RecordFile(name: path.split(separator: "/").last.map(String.init) ?? "", data: .file(path: path))
  }

  /// - Throws: "InvalidFileName".
  func check() throws(RecordError) {
    guard name.canBePathPart else {
      throw RecordError(.invalidFileName, "\"\(name.prefix(60))\" cannot be the name of a file")
    }
  }
}

/// What becomes of a file that its record no longer names.
public enum FileFate: Sendable, Hashable {
  /// It stays in the bucket, and nobody's.
  case keep
  case delete
}

/// What a workflow did.
public struct AttachmentResult: Sendable, Hashable {
  /// As it is now.
  public var record: Record
  /// Of the files that were uploaded, in the order in which they were given.
  public var paths: [String]
  /// Files that are the record's no more and could not be deleted just now; ``Records/repair()`` does it.
  public var leftBehind: [String]
}

/// A file of a record.
public struct AttachedFile: Sendable, Hashable {
  public var field: String
  /// In a list, among all elements; 0 otherwise.
  public var index: Int
  public var path: String
}
