// SPDX-License-Identifier: Apache-2.0

extension MemoryBucket {
  /// Throws unless the object at `key` may be replaced (S3 User Guide, "Conditional writes").
  func checkWrite(_ request: MemoryRequest, _ key: MemoryKey) throws(MemoryFailure) {
    guard request.ifMatch != nil || request.ifNoneMatch != nil else { return }
    switch capabilities.conditionalWrites {
    case .ignored: return
    case .refused: throw .notImplemented("A conditional write")
    case .honoured: break
    }
    if let tag = request.ifNoneMatch {
      // "Expects the '*' character."
      guard tag == "*" else { throw .notImplemented("If-None-Match with an entity tag") }
      if objects[key] != nil { throw .preconditionFailed }
    }
    if let tag = request.ifMatch {
      guard let object = objects[key] else { throw .noSuchKey }
      guard MemoryBucket.matches(tag, object.etag) else { throw .preconditionFailed }
    }
  }

  /// Throws unless the object at `key` may be deleted (S3 User Guide, "Conditional deletes").
  func checkDelete(_ tag: String, _ key: MemoryKey) throws(MemoryFailure) {
    switch capabilities.conditionalDeletes {
    case .ignored: return
    case .refused: throw .notImplemented("A conditional delete")
    case .honoured: break
    }
    guard let object = objects[key] else { throw .noSuchKey }
    guard MemoryBucket.matches(tag, object.etag) else { throw .preconditionFailed }
  }

  /// The object to copy, if it is there and its conditions hold (S3 API Reference, CopyObject).
  func source(of request: MemoryRequest) throws(MemoryFailure) -> MemoryObject {
    guard let (bucket, key) = request.copySource else { throw .invalidArgument("Copy Source must mention an object") }
    guard bucket == name else { throw .noSuchBucket }
    guard let object = objects[key] else { throw .noSuchKey }
    if let tag = request.copySourceIfMatch, !MemoryBucket.matches(tag, object.etag) { throw .preconditionFailed }
    if let tag = request.copySourceIfNoneMatch, MemoryBucket.matches(tag, object.etag) { throw .preconditionFailed }
    return object
  }

  /// Whether a condition names an entity tag; with quotes or without, as S3 takes it.
  static func matches(_ condition: String, _ etag: String) -> Bool {
    if condition == "*" { return true }
    let text = condition.utf8
    let quote = UInt8(ascii: "\"")
    guard text.count >= 2, text.first == quote, text.last == quote else { return condition == etag }
    return text.dropFirst().dropLast().elementsEqual(etag.utf8)
  }
}
