// SPDX-License-Identifier: Apache-2.0
//
// The files that are being written, by number and by name.
//
// For: everything that is written below `.records`. State: a private directory of this machine, and tables behind a lock.
// A file is here while a name leads to it or a program has it open. Any thread.
// What can go wrong: a full disk. A process that dies leaves files, which the next one removes: nothing that a close acknowledged is in
// them only.

import Glibc
import Locking
import VFS

final class SpoolDirectory: Sendable {
  private struct State {
    var files: [UInt64: SpooledFile] = [:]
    var names: [RecordPlace: [Name: UInt64]] = [:]
    var next: UInt64 = 1
  }

  private static let prefix = "writing-"
  private let path: String
  private let state = Lock(State())

  init(path: String) { self.path = path }

  /// Removes what an earlier process has left.
  func removeAll() {
    guard let directory = opendir(path) else { return }
    defer { closedir(directory) }
    while let entry = Glibc.readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(SpoolDirectory.prefix) { Glibc.unlink(path + "/" + name) }
    }
  }

  /// A new file without a name.
  func make(_ key: RecordKey, _ role: SpooledFile.Role, content: [UInt8] = []) throws(Errno) -> SpooledFile {
    let id = state.withLock { state in
      defer { state.next += 1 }
      return state.next
    }
    return try SpooledFile(
      id: id, key: key, role: role, file: "\(path)/\(SpoolDirectory.prefix)\(id)", content: content)
  }

  func file(_ id: UInt64) -> SpooledFile? { state.withLock { $0.files[id] } }

  /// The file that a name of a record or a list leads to; nil also when the record has it by now.
  func file(_ parent: RecordPlace, _ name: Name) -> SpooledFile? {
    let file = state.withLock { state in state.names[parent]?[name].flatMap { state.files[$0] } }
    return file?.isPublished == true ? nil : file
  }

  /// The names in a record or a list that lead to files.
  func names(in parent: RecordPlace) -> [(name: Name, file: SpooledFile)] {
    let all = state.withLock { state in
      (state.names[parent] ?? [:]).compactMap { name, id in state.files[id].map { (name, $0) } }
    }
    return all.filter { !$0.1.isPublished }.sorted { $0.0 < $1.0 }
  }

  /// Gives a file a name; whatever had it has none any more.
  func link(_ file: SpooledFile, _ parent: RecordPlace, _ name: Name) {
    if let other = self.file(parent, name), other === file { return }
    unlink(parent, name)
    file.isNamed = true
    state.withLock { state in
      state.files[file.id] = file
      state.names[parent, default: [:]][name] = file.id
    }
  }

  /// - Returns: the file that had the name.
  @discardableResult
  func unlink(_ parent: RecordPlace, _ name: Name) -> SpooledFile? {
    let file = state.withLock { state -> SpooledFile? in
      guard let id = state.names[parent]?.removeValue(forKey: name) else { return nil }
      if state.names[parent]?.isEmpty == true { state.names[parent] = nil }
      return state.files[id]
    }
    guard let file else { return nil }
    file.isNamed = false
    if !file.isUsed { closed(file) }
    return file
  }

  /// The record is gone: nothing that is written will be part of it.
  func unlinkAll(of key: RecordKey) {
    let parents = state.withLock { state in state.names.keys.filter { $0.key == key } }
    for parent in parents { for (name, _) in names(in: parent) { unlink(parent, name) } }
  }

  /// A program has closed a file for the last time. Drafts stay under their names.
  func closed(_ file: SpooledFile) {
    state.withLock { state in
      guard file.role != .draft || !file.isNamed else { return }
      state.files[file.id] = nil
      for (parent, names) in state.names {
        for (name, id) in names where id == file.id { state.names[parent]?[name] = nil }
        if state.names[parent]?.isEmpty == true { state.names[parent] = nil }
      }
    }
  }
}
