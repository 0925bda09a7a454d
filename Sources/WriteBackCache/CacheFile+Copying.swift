// SPDX-License-Identifier: Apache-2.0
//
// An empty file becomes a copy of an object without a byte passing through here.
//
// For: copy_file_range(2) of a whole large object. The store copies it at once, not at close: so there is nothing to remember between
// the two. Afterwards the file is like one that was just opened, clean, and all of it in the bucket; whatever comes next is known from
// there. State: that of the file. On a worker that has suspended the file; nobody else changes it, since the kernel lets one at a time.
// What can go wrong: the store refuses; the file is as it was, and the caller copies in another way. No answer comes: the object may
// be there; the mark that was taken down before tells the next attempt so. A crash before the end leaves an empty file, too; the
// program was not told of anything else.

import HTTPTransport
import Glibc
import Locking
package import S3Client
import Transfer

extension CacheFile {
  /// - Parameter properties: what the copy shall say about itself.
  /// - Returns: what was made; nil when nothing was, and nothing has changed.
  func becomeCopy(
    of source: CopySource, size: Int64, properties: ObjectProperties
  ) throws(WriteBackFailure) -> Publication? {
    guard let (change, key, condition) = beginCopying(size) else { return nil }
    let mark = VersionMark(size: size, crc32: nil, etag: source.ifMatch)
    do throws(WriteBackFailure) {
      try expect(mark)
      let written = try copy(source, mark, to: key, properties, condition)
      let publication = Publication(written: written, size: size, properties: properties, key: key)
      state.withLockAndNotify { $0.take(publication, change) }
      try forgetRecord()
      // Not before: a crash must find no file of zeros in the index.
      _ = data.setSize(size)
      return publication
    } catch {
      let isUnclear = error.mayHaveTakenEffect
      state.withLockAndNotify { state in
        state.bytes.endResizing(change, to: nil)
        if !isUnclear { state.attempts.remove(mark) }
      }
      guard case .store = error, !isUnclear else { throw error }
      try record()
      return nil
    }
  }

  /// Nil for a file that is more than new and empty.
  private func beginCopying(_ size: Int64) -> (LocalBytes.Change, ObjectKey, WriteCondition)? {
    state.withLock { state in
      guard state.isDirty, state.size == 0, state.bytes.isWhole, !state.bytes.isChanging, !state.isReleased,
        !state.isSealing, state.publishing == nil, state.session == nil, !state.mayResume,
        let change = state.bytes.beginResizing(to: size)
      else { return nil }
      return (change, state.key, state.condition)
    }
  }

  private func expect(_ mark: VersionMark) throws(WriteBackFailure) {
    state.withLock { state in
      state.attempts.add(
        Attempts.Attempt(generation: Attempts.unknown, since: 0, mark: mark, properties: nil, isTelling: true))
    }
    try record()
  }

  /// The row of the empty file, with the mark, would count as newer than the copy: neither a crash nor a power loss may bring it back
  /// once the program has been told of the copy.
  private func forgetRecord() throws(WriteBackFailure) {
    settleRecord()
    guard journal.withLock({ $0.record == nil }) else { throw .local(code: ENOSPC, operation: "record") }
    do throws(CacheIndexFailure) {
      try context.directory.index.sync()
    } catch {
      throw .local(code: error.code, operation: "record")
    }
  }

  private func copy(
    _ source: CopySource, _ mark: VersionMark, to key: ObjectKey, _ properties: ObjectProperties,
    _ condition: WriteCondition
  ) throws(WriteBackFailure) -> WrittenObject {
    do throws(S3Error) {
      return try BlockingBridge.run { [self] () async throws(S3Error) in
        // Not every store that keeps the condition of a write keeps that of a copy.
        if condition != .always { try await look(key, condition) }
        do throws(S3Error) {
          return try await ObjectCopy(client: context.client).copy(
            source, size: mark.size, to: key, properties: properties,
            condition: context.conditions.support == .lacking ? .always : condition)
        } catch {
          // Made, and its answer was lost: most stores give a copy the tag of its source.
          guard error.mayHaveTakenEffect, let head = try? await context.client.headObject(key),
            mark.verdict(head) == .ours
          else { throw error }
          return WrittenObject(etag: head.etag, versionID: head.versionID, found: head.properties)
        }
      }
    } catch {
      throw .store(error)
    }
  }
}

extension CacheFile.State {
  fileprivate mutating func take(_ publication: CacheFile.Publication, _ change: LocalBytes.Change) {
    bytes.endCopying(change, size: publication.size)
    generation += 1
    publishedGeneration = generation
    (base, baseSize) = (publication.written.etag, publication.size)
    (isExclusive, mustBeAbsent, found) = (false, false, .nothing)
    (properties, lastPublication) = (publication.properties, publication)
    (attempts, retry, writtenPrefix) = (Attempts(), CacheFile.RetryState(), 0)
  }
}

extension WriteBackCache {
  /// Lets the store copy `source`, of `size` bytes, into a file that is new and empty and that the caller has suspended.
  ///
  /// - Returns: what the bucket has now; nil when nothing was done, so that the bytes have to be copied.
  package func copy(
    _ source: CopySource, size: Int64, to file: CacheFile, properties: ObjectProperties
  ) throws(WriteBackFailure) -> CacheFile.Publication? {
    let publication = try file.becomeCopy(of: source, size: size, properties: properties)
    if publication != nil { queue.remove(file) }
    return publication
  }
}
