// SPDX-License-Identifier: Apache-2.0
//
// Going on with a multipart upload that an earlier run of the program began.
//
// For: a daemon that was killed during a large upload. The index holds the upload and each part that the store has taken, with the
// CRC-32 of its bytes; notes of a saving, not of a duty: when one is missing, or the disk is full, a part is sent again. Before the
// first publication of a recovered file the store is asked for its parts. One of them counts if it is the one that was noted (its
// entity tag and length), and the bytes here still have the checksum that they had: what was written later changed it.
// Threads: tasks of the upload; the index and the checksums are the disk threads'. A writer that changes a part while that is
// looked at makes it stale, as with a part that is being sent.
// What can go wrong: the store has the upload no more, or does not let us look: a new one begins.

import HTTPTransport
import Locking
import Logging
import S3Client
import Transfer

extension CacheFile {
  /// Takes up the upload of an earlier run, if there is one. Does so once, unless the store did not answer.
  func resumeSession() async {
    let isFirst = state.withLock { state in
      defer { state.mayResume = false }
      return state.mayResume && state.session == nil
    }
    guard isFirst, let upload = await ThreadPool.disk.run({ [self] in notedUpload() }) else { return }
    let listed: [UploadedPart]
    do throws(S3Error) {
      listed = try await context.client.listParts(upload.key, upload: upload.begun.id)
    } catch {
      // No answer says nothing about the upload: the next attempt asks again.
      if error.status != 404, error.status != 403 { state.withLock { $0.mayResume = true } }
      return
    }
    let session = state.withLock { $0.resume(upload, listed, context.ladder) }
    guard let session else { return await drop(upload) }
    for part in session.candidates {
      let range = context.ladder.range(ofPart: part.number)
      let body = RequestBody.file(FileRegion(file: data, offset: range.lowerBound, length: part.length))
      let isSame = if case .success(part.crc32) = await PartUpload.checksum(of: body) { true } else { false }
      state.withLockAndNotify { state in
        guard state.session?.number == session.number else { return }
        if isSame {
          _ = state.session?.table.finished(part.number, part)
        } else {
          _ = state.session?.table.failed(part.number)
        }
      }
    }
    context.logger.info(
      "going on with the upload of an earlier run",
      metadata: ["key": "\(upload.key)", "parts": "\(session.candidates.count)"])
    pump()
  }

  /// The file was removed before the upload of an earlier run was taken up.
  func abandonEarlierUpload() {
    guard state.withLock({ $0.mayResume }), let upload = notedUpload() else { return }
    Task { [context] in await CacheFile.abort(upload.begun, upload.key, context) }
  }

  private func notedUpload() -> IndexedUpload? { try? context.directory.index.upload(of: id) }

  /// One that is of no use: with other borders of parts, or of another name.
  private func drop(_ upload: IndexedUpload) async {
    await forgetUpload(upload.begun)
    await CacheFile.abort(upload.begun, upload.key, context)
  }

  // MARK: Notes

  func noteUpload(_ begun: MultipartUpload.Begun, key: ObjectKey, properties: ObjectProperties) async {
    let upload = IndexedUpload(begun: begun, key: key, properties: properties, partSize: context.ladder.baseSize)
    let replaced = await ThreadPool.disk.run { [self] in
      defer {
        // Refused for a file without a row: it was published meanwhile.
        try? context.directory.index.save(upload, of: id)
      }
      return notedUpload()
    }
    // That of an earlier run, which could not be taken up: its parts cost money.
    if let replaced, replaced.begun != begun { await CacheFile.abort(replaced.begun, replaced.key, context) }
  }

  func notePart(_ part: SentPart) async {
    await ThreadPool.disk.run { [self] in try? context.directory.index.save(part, of: id) }
  }

  func forgetUpload(_ begun: MultipartUpload.Begun) async {
    await ThreadPool.disk.run { [self] in
      guard notedUpload()?.begun == begun else { return }
      try? context.directory.index.removeUpload(of: id)
    }
  }
}

extension CacheFile.State {
  /// Begins a session with the upload of an earlier run; the parts that may be good count as being sent.
  ///
  /// - Returns: nil when it cannot be used.
  fileprivate mutating func resume(
    _ upload: IndexedUpload, _ listed: [UploadedPart], _ ladder: PartLadder
  ) -> (number: Int, candidates: [SentPart])? {
    guard session == nil, upload.key == key, upload.partSize == ladder.baseSize else { return nil }
    var table = PartTable(ladder: ladder)
    let byNumber = Dictionary(grouping: listed, by: \.number)
    let candidates = upload.parts.filter { part in
      let full = ladder.range(ofPart: part.number)
      guard part.length > 0, part.length == min(full.upperBound, size) - full.lowerBound else { return false }
      return byNumber[part.number]?.contains { $0.etag == part.etag && $0.size == part.length } ?? false
    }
    for part in candidates { table.started(part.number) }
    sessionCount += 1
    var session = UploadSession(number: sessionCount, key: key, properties: upload.properties, table: table)
    session.phase = .ready(upload.begun)
    self.session = session
    return (sessionCount, candidates)
  }
}
