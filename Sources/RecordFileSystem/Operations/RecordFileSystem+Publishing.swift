// SPDX-License-Identifier: Apache-2.0
//
// close(2) and fsync(2), and what they do: bring what was written to the record.
//
// FLUSH does the workflow, so that close(2) returns its error. A file that nobody has written to yet waits for RELEASE: `> file` of a shell
// closes a first descriptor before anything is written to the second. Nor does a child know what its parent is still
// writing, so of several processes only the close of that counts which has opened the file.
// What can go wrong: a text that is no record, a store that refuses. The bytes stay as long as somebody has the file open, who may write
// others; then they are gone, as close(2) has said.

import Records
import Storage
import Transfer
package import VFS

extension RecordFileSystem {
  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    let open = try files.get(handle)
    guard let file = open.spooled, open.allowsWriting, file.isWritten else { return }
    let process = ClosingProcess.of(thread: caller.pid)
    // Who cannot be told apart counts as the opener.
    guard process == open.process || process == 0 || open.process == 0 else { return }
    try publish(file)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    guard let file = try files.get(handle).spooled, file.isWritten else { return }
    try publish(file)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) {
    guard let file = files.remove(handle)?.spooled, file.removeUser() else { return }
    // What no close has published, with an error that only the log hears. What a close could not publish it has told.
    if !file.hasFailed { try? publish(file) }
    spool.closed(file)
  }

  private func publish(_ file: SpooledFile) throws(Errno) {
    switch file.role {
    case .draft: return
    case .document:
      try file.publish { () throws(Errno) in
        try write(try file.contents(limit: RecordDocument.limit), to: file.key)
        return nil
      }
    case .attachment(let field, let name):
      // Its name was removed: nobody wants it.
      guard file.isNamed else { return }
      try file.publish { () throws(Errno) in
        if let name { return try attach(file, file.key, field, name.string) }
        return try attach(file, file.key, field, try defaultName(field, file))
      }
    }
  }

  // MARK: Workflows

  /// Changes what a text of `record.json` says.
  func write(_ text: [UInt8], to key: RecordKey) throws(Errno) {
    let record = try record(key, isFresh: true)
    let change: RecordDocument.Change
    do throws(RecordError) {
      let model = try records.schema.model(key.model)
      change = try RecordDocument.change(text, to: record, model)
    } catch {
      throw report(error, key)
    }
    guard !change.values.isEmpty else { return }
    let changed = try self.change(key) { (records) async throws(RecordError) in
      try await records.update(key.model, id: key.id.string, values: change.values, if: change.condition)
    }
    cache.changed(key, to: changed)
  }

  /// Uploads a file and attaches it.
  ///
  /// - Returns: where it is.
  @discardableResult
  func attach(_ file: SpooledFile, _ key: RecordKey, _ field: String, _ name: String) throws(Errno) -> String? {
    let upload = RecordFile(name: name, data: .file(path: file.file))
    let old = configuration.files
    if let path = file.publishedPath {
      // The same file once more, which was closed before it was complete.
      do throws(RecordError) {
        return try attached(key) { (records) async throws(RecordError) in
          try await records.replace(path, with: upload, of: key.model, id: key.id.string, field: field, old: .delete)
        }
      } catch {
        guard error.code == .pathNotAttached else { throw report(error, key) }
      }
    }
    do throws(RecordError) {
      return try attached(key) { (records) async throws(RecordError) in
        try await records.attach([upload], to: key.model, id: key.id.string, field: field, old: old)
      }
    } catch {
      throw report(error, key)
    }
  }

  private func attached(
    _ key: RecordKey, _ workflow: @escaping @Sendable (Records) async throws(RecordError) -> AttachmentResult
  ) throws(RecordError) -> String? {
    let result = try attempt(key, workflow)
    cache.changed(key, to: result.record)
    return result.paths.first
  }

  /// Of a file that was written into a field of one: the field's, with the extension that the content asks for.
  private func defaultName(_ field: String, _ file: SpooledFile) throws(Errno) -> String {
    ContentExtension.of(try file.beginning(ContentExtension.length)).map { "\(field).\($0)" } ?? field
  }
}
