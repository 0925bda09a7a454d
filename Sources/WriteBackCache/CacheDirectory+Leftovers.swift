// SPDX-License-Identifier: Apache-2.0

private import Glibc
import Logging

/// Finding what an earlier run left, and doing what ``Leftovers`` says about it.
extension CacheDirectory {
  /// What an earlier run left; clean copies of that run are removed.
  func leftovers(logger: Logger? = nil) throws(WriteBackCacheError) -> Leftovers {
    do throws(CacheIndexFailure) {
      let boot = try index.fact(.bootID)
      let isAnotherBoot = boot != nil && !BootID.current.isEmpty && boot != BootID.current
      let failures = try restoreContents(isAnotherBoot: isAnotherBoot)
      let leftovers = try findLeftovers(isAnotherBoot: isAnotherBoot, failures: failures)
      // First what a second start would judge otherwise.
      if !BootID.current.isEmpty {
        try index.begin(bootID: BootID.current, saving: leftovers.changed, removing: leftovers.lost.map(\.id))
      }
      for id in leftovers.released { try index.release(quarantined: id) }
      for file in leftovers.lost {
        logger?.warning(
          "the machine went down before this file was on its disk; nothing of it is left here",
          metadata: ["key": "\(file.record.key)"])
      }
      for id in leftovers.removable { removeData(id) }
      for id in leftovers.removableRanges {
        unlink(rangesPath(id))
        unlink(rangesPath(id) + ".new")
      }
      return leftovers
    } catch {
      throw WriteBackCacheError(error.description)
    }
  }

  /// Makes small files what the index has of them: after a power loss their names or bytes may be gone.
  ///
  /// What the power left of one that cannot be written is removed: nothing may take it for what was written, and the next start tries
  /// again.
  ///
  /// - Returns: those that could not be written.
  private func restoreContents(isAnotherBoot: Bool) throws(CacheIndexFailure) -> [String: Leftovers.DataFile] {
    var sizes: [String: Int] = [:]
    var failures: [String: Leftovers.DataFile] = [:]
    try index.contents { [self] id, bytes, isSynced in
      let path = dataPath(id)
      // In the same run of the machine a data file that is there is right; the row may be older if the log of the index is damaged.
      let isRight =
        isAnotherBoot
        ? SmallFile.bytes(path, limit: bytes.count + 1) == bytes
        : !isSynced || access(path, F_OK) == 0 || errno != ENOENT
      sizes[id] = bytes.count
      guard !isRight, let code = restore(bytes, to: path) else { return }
      failures[id] = Leftovers.DataFile(size: Int64(bytes.count), mark: .dirty, failure: code)
      if isAnotherBoot { unlink(path) }
    }
    if isAnotherBoot { try index.noteRestored(sizes) }
    return failures
  }

  private func restore(_ bytes: [UInt8], to path: String) -> Int32? {
    let temporary = self.path + "/restored"
    // Nobody knows when it was written: an upload of it may have been long ago.
    var times = [timespec(), timespec()]
    let code =
      SmallFile.write(bytes, to: temporary)
      ?? (utimensat(AT_FDCWD, temporary, &times, 0) == 0 && rename(temporary, path) == 0 ? nil : errno)
    if code != nil { unlink(temporary) }
    return code
  }

  /// - Parameter failures: data files that could not be restored.
  private func findLeftovers(
    isAnotherBoot: Bool, failures: [String: Leftovers.DataFile]
  ) throws(CacheIndexFailure) -> Leftovers {
    let contents = try index.contents()
    switch DataName.list(path + "/data") {
    case .success(let names):
      let (ids, records) = DataName.ids(names)
      let ranges = Set(names.compactMap { if case .ranges(let id) = $0 { id } else { nil } })
      let rows = Set(contents.files.map(\.id))
      var data: [String: Leftovers.DataFile] = [:]
      for id in ids { data[id] = look(at: id, isDirty: rows.contains(id)) }
      data.merge(failures) { $1 }
      return Leftovers(contents, data: data, records: records, ranges: ranges, isAnotherBoot: isAnotherBoot)
    case .failure(let failure):
      throw CacheIndexFailure(code: failure.code, action: "list the files of", path: index.path)
    }
  }

  private func look(at id: String, isDirty: Bool) -> Leftovers.DataFile {
    let mark = DataMark(at: dataPath(id))
    if isDirty, mark == .clean { _ = DataMark.dirty.set(dataPath(id)) }
    var information = stat()
    guard lstat(dataPath(id), &information) == 0 else {
      return Leftovers.DataFile(size: 0, mark: mark, failure: errno)
    }
    let canOpen = !isDirty || access(dataPath(id), R_OK | W_OK) == 0
    return Leftovers.DataFile(size: Int64(information.st_size), mark: mark, failure: canOpen ? nil : errno)
  }
}
