// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// The names in `data/`.
enum DataName: Equatable {
  /// The bytes of a file.
  case data(id: String)
  /// A record file of format 1.
  case record(id: String)
  /// Which bytes of a file are here, see RangeLog; also one that a crash left half written.
  case ranges(id: String)
  /// What a crash of format 1 left half written.
  case unfinished

  init(_ name: String) {
    if name.hasSuffix(".ranges") {
      self = .ranges(id: String(name.dropLast(".ranges".utf8.count)))
    } else if name.hasSuffix(".ranges.new") {
      self = .ranges(id: String(name.dropLast(".ranges.new".utf8.count)))
    } else if name.hasSuffix(".new") {
      self = .unfinished
    } else if name.hasSuffix(".entry") {
      self = .record(id: String(name.dropLast(".entry".utf8.count)))
    } else {
      self = .data(id: name)
    }
  }

  /// Whether `text` can name a data file.
  static func isID(_ text: String) -> Bool {
    1...64 ~= text.utf8.count
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
      }
  }

  /// The ids of data files and of record files among `names`.
  static func ids(_ names: [DataName]) -> (data: Set<String>, records: Set<String>) {
    var (data, records): (Set<String>, Set<String>) = ([], [])
    for name in names {
      switch name {
      case .data(let id): data.insert(id)
      case .record(let id): records.insert(id)
      case .ranges, .unfinished: break
      }
    }
    return (data, records)
  }

  /// Everything in the directory `path` but hidden names. Blocks.
  static func list(_ path: String) -> Result<[DataName], CacheDirectoryFailure> {
    guard let stream = opendir(path) else { return .failure(CacheDirectoryFailure(code: errno)) }
    defer { closedir(stream) }
    var names: [DataName] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        // A list that ends early would make the rest look forgotten.
        return errno == 0 ? .success(names) : .failure(CacheDirectoryFailure(code: errno))
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(DataName(name)) }
    }
  }
}

/// The errno of a failed system call.
struct CacheDirectoryFailure: Error {
  let code: Int32
}
