// SPDX-License-Identifier: Apache-2.0
//
// The directory of uploads that a process may have to leave to the next one.
//
// For: resuming. Layout: a file an upload, named after where it goes and what it comes from, held with flock(2) while a
// process works on it. State: none but the path. All calls block; disk threads only. The content is an UploadRecord; an
// append is one write(2), so a killed process loses the line at most. Nothing is synced: after a power loss parts are sent
// again. What can go wrong: the disk is full, or the directory cannot be made. Then an upload goes on without its record: it
// cannot be resumed, and that is no reason to fail it. A process that is killed between the store's answer and the first
// write leaves an upload that nobody knows of: a lifecycle rule of the bucket finds it.

private import Glibc
private import Locking
private import S3Client

package struct UploadJournal: Sendable {
  /// Absolute; made when needed, for this user only.
  package let directory: String

  /// Seconds without a new part after which an upload is given up: "uploads that were initiated over one hour ago will be
  /// cancelled automatically" (Amplify Docs, "Upload files").
  package static let lifetime: Int64 = 3_600
  /// Records larger than this are none: 10,000 parts need less.
  fileprivate static let sizeLimit = 4 << 20

  package init(directory: String) { self.directory = directory }

  /// The entry of an upload, locked; nil when another process works on it or the directory cannot be used.
  package func entry(for subject: UploadRecord.Subject) -> UploadJournalEntry? {
    guard makeDirectory() else { return nil }
    return UploadJournalEntry(path: directory + "/" + UploadJournal.name(of: subject))
  }

  /// Locks and returns the entries that nobody touched for longer than ``lifetime``, a hundred at most.
  package func expired() -> [UploadJournalEntry] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var entries: [UploadJournalEntry] = []
    while entries.count < 100, let item = readdir(stream) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard name.hasSuffix(UploadJournal.suffix), let entry = UploadJournalEntry(path: directory + "/" + name),
        entry.isExpired
      else { continue }
      entries.append(entry)
    }
    return entries
  }

  private static let suffix = ".upload"

  /// FNV-1a, 64 bits: names only have to be apart, the record says what it is about.
  private static func name(of subject: UploadRecord.Subject) -> String {
    var place = "\(subject.store)\n\(subject.bucket)\n\(subject.key.string)\n"
    switch subject.source {
    case .file(let file): place += "\(file.device) \(file.inode)"
    case .bytes(let count): place += "\(count)"
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in place.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16) + suffix
  }

  private func makeDirectory() -> Bool {
    var partial = ""
    for component in directory.split(separator: "/") {
      partial += "/" + component
      if mkdir(partial, 0o700) != 0, errno != EEXIST { return false }
    }
    var status = stat()
    // Somebody else's records would name files and uploads of their choice.
    return stat(directory, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }
}

/// One upload in the journal, locked until ``end()`` or as long as this lives. Without effect afterwards.
package final class UploadJournalEntry: Sendable {
  private let path: String
  private let file: Lock<RecordFile?>

  fileprivate init?(path: String) {
    self.path = path
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { return nil }
      let file = RecordFile(owning: descriptor)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
      var ours = stat()
      var named = stat()
      // Whoever held the lock before may have removed the file that we opened.
      guard fstat(descriptor, &ours) == 0 else { return nil }
      if lstat(path, &named) == 0, named.st_ino == ours.st_ino {
        self.file = Lock(file)
        return
      }
    }
  }

  /// What an earlier run wrote; nil when it left nothing that can be understood.
  package var record: UploadRecord? {
    file.withLock { $0?.text(limit: UploadJournal.sizeLimit) }.flatMap(UploadRecord.init(decoding:))
  }

  /// Whether the last change is longer ago than ``UploadJournal/lifetime``, or lies in the future.
  package var isExpired: Bool {
    guard let status = file.withLock({ $0.flatMap(UploadJournalEntry.status) }) else { return true }
    let age = Int64(time(nil)) - Int64(status.st_mtim.tv_sec)
    return age > UploadJournal.lifetime || age < -UploadJournal.lifetime
  }

  /// Begins a record.
  package func write(_ record: UploadRecord) {
    file.withLock { file in
      file?.clear()
      file?.append(record.head + record.parts.map(UploadRecord.line).joined())
    }
  }

  package func append(_ part: SentPart) { file.withLock { $0?.append(UploadRecord.line(of: part)) } }

  /// Removes the record; the entry can be written again.
  package func clear() { file.withLock { $0?.clear() } }

  /// Lets others have the entry, and removes its file when it holds nothing.
  package func end() {
    file.withLock { held in
      // Still locked: whoever waits for the name finds it gone and makes another.
      if let file = held, UploadJournalEntry.status(file)?.st_size == 0 { unlink(path) }
      held = nil
    }
  }

  deinit { end() }

  private static func status(_ file: RecordFile) -> stat? {
    var status = stat()
    return fstat(file.descriptor, &status) == 0 ? status : nil
  }
}
