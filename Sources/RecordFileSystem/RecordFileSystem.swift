// SPDX-License-Identifier: Apache-2.0
//
// Records as directories: `.records/MODEL/ID/` with `record.json` and a link to each attached file.
//
// For: shells and legacy tools beside an app's frontend. Each change is one workflow of Records, so that what these promise about
// records and files holds here: a file that is written into an attachment field is uploaded and attached when it is closed, a link
// that is removed is taken out of the record, a directory that is made or removed is a record.
// State: what the kernel knows, open files and directories, files that are being written (in a private directory, until they are
// closed), and records that were read a moment ago; each behind its own lock. All operations run on threads that may block.
// The operations are in the extensions: Names, Changes, Rename, Attributes, Opening, Contents, Publishing, Directories.
// What can go wrong: RecordError, which becomes an errno in RecordErrno.swift and is logged here, once. No operation answers ENOSYS: the
// kernel would take that as an answer for all of the mount.

import Locking
package import Logging
package import Records
import Transfer
package import VFS

package final class RecordFileSystem: FileSystem {
  let configuration: RecordFileSystemConfiguration
  let records: Records
  let logger: Logger
  let places = PlaceTable()
  let cache: RecordCache
  let spool: SpoolDirectory
  let files = HandleTable<OpenRecordFile>()
  let directories = HandleTable<OpenRecordDirectory>()
  let startedAt = Timestamp.now

  /// The name in the root of a mount, where it is found but not listed.
  package static let name = ".records"
  /// The number of the directory `.records`; those of all in it have the same top byte.
  package static let root = PlaceTable.root

  /// The name of the document in the directory of a record.
  static let documentName = "record.json"

  package init(_ configuration: RecordFileSystemConfiguration, records: Records, logger: Logger) {
    self.configuration = configuration
    self.records = records
    self.logger = logger
    cache = RecordCache(timeToLive: configuration.timeToLive)
    spool = SpoolDirectory(path: configuration.spoolDirectory)
    spool.removeAll()
  }

  /// Whether a number is one of this file system.
  package static func owns(_ inode: InodeID) -> Bool { inode.rawValue >= PlaceTable.space }

  /// What the kernel knows, and has open: all 0 when the mount is gone.
  package var references: (places: Int, handles: Int) { (places.count, files.count + directories.count) }

  // MARK: Records

  /// Throws ENOENT.
  func model(_ name: String) throws(Errno) -> RecordModel {
    guard let model = records.schema.models[name] else { throw .ENOENT }
    return model
  }

  /// A record as it is, or was a moment ago.
  ///
  /// - Parameter isFresh: as it is.
  func record(_ key: RecordKey, isFresh: Bool = false) throws(Errno) -> Record {
    if !isFresh, let record = cache.record(key) { return record }
    let moment = cache.now
    let record = try read { (records) async throws(RecordError) in
      try await records.get(key.model, id: key.id.string)
    }
    cache.remember(record, key, askedAt: moment)
    return record
  }

  func requireWritable() throws(Errno) {
    if configuration.readOnly { throw .EROFS }
  }

  // MARK: From here to the workflows

  /// Reads something; a signal to whoever waits ends that.
  func read<Value: Sendable>(
    _ operation: @escaping @Sendable (Records) async throws(RecordError) -> Value
  ) throws(Errno) -> Value {
    let answer: Result<Value, RecordError>
    do throws(Interrupted) {
      answer = try BlockingBridge.runInterruptibly { [records] () async throws(RecordError) in
        try await operation(records)
      }
    } catch {
      throw .EINTR
    }
    do throws(RecordError) {
      return try answer.get()
    } catch {
      throw report(error)
    }
  }

  /// Changes a record; a signal cancels what can be taken back, and the end is waited for in any case.
  func change<Value: Sendable>(
    _ key: RecordKey, _ operation: @escaping @Sendable (Records) async throws(RecordError) -> Value
  ) throws(Errno) -> Value {
    do throws(RecordError) {
      return try attempt(key, operation)
    } catch {
      throw report(error, key)
    }
  }

  /// ``change(_:_:)`` for a caller that knows what to do about some errors.
  func attempt<Value: Sendable>(
    _ key: RecordKey, _ operation: @escaping @Sendable (Records) async throws(RecordError) -> Value
  ) throws(RecordError) -> Value {
    do throws(RecordError) {
      return try BlockingBridge.runCancelling { [records] () async throws(RecordError) in try await operation(records) }
    } catch {
      // Somebody else may have changed it, or nobody knows.
      cache.changed(key, to: nil)
      throw error
    }
  }

  func report(_ error: RecordError, _ key: RecordKey? = nil) -> Errno {
    let errno = Errno(error)
    if errno == .ENOENT || errno == .EINTR || errno == .EEXIST { return errno }
    logger.warning(
      "records: refused",
      metadata: [
        "record": "\(key.map { "\($0.model) \($0.id)" } ?? "-")", "error": "\(error)",
        "remedy": "\(error.recoverySuggestion)",
        "errno": "\(errno)",
      ])
    return errno
  }
}
