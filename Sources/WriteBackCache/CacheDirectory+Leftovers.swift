// SPDX-License-Identifier: Apache-2.0

private import Glibc
import Logging

/// Finding what an earlier run left, and doing what ``Leftovers`` says about it.
extension CacheDirectory {
  /// What an earlier run left; clean copies of that run are removed.
  func leftovers(logger: Logger? = nil) throws(WriteBackCacheError) -> Leftovers {
    do throws(CacheIndexFailure) {
      try restoreContents()
      let leftovers = try findLeftovers()
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
  private func restoreContents() throws(CacheIndexFailure) {
    try index.contents { [self] id, bytes in
      guard SmallFile.bytes(dataPath(id), limit: bytes.count + 1) != bytes else { return }
      // One that is there may be marked clean, and so not to be written to.
      _ = DataMark.dirty.set(dataPath(id))
      _ = SmallFile.write(bytes, to: dataPath(id))
    }
  }

  private func findLeftovers() throws(CacheIndexFailure) -> Leftovers {
    let contents = try index.contents()
    let boot = try index.fact(.bootID)
    switch DataName.list(path + "/data") {
    case .success(let names):
      let (ids, records) = DataName.ids(names)
      let ranges = Set(names.compactMap { if case .ranges(let id) = $0 { id } else { nil } })
      let rows = Set(contents.files.map(\.id))
      var data: [String: Leftovers.DataFile] = [:]
      for id in ids { data[id] = look(at: id, isDirty: rows.contains(id)) }
      return Leftovers(
        contents, data: data, records: records, ranges: ranges,
        isAnotherBoot: boot != nil && !BootID.current.isEmpty && boot != BootID.current)
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
