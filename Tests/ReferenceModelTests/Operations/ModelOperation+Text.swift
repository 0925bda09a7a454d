// SPDX-License-Identifier: Apache-2.0

extension ModelOperation: CustomStringConvertible {
  var description: String {
    switch self {
    case .create(let slot, let path, let mode, let isExclusive):
      "create \(slot) \(path) \(mode.rawValue)\(isExclusive ? " excl" : "")"
    case .open(let slot, let path, let mode, let truncates):
      "open \(slot) \(path) \(mode.rawValue)\(truncates ? " trunc" : "")"
    case .write(let slot, let offset, let length, let seed): "write \(slot) \(offset) \(length) \(seed)"
    case .append(let slot, let length, let seed): "append \(slot) \(length) \(seed)"
    case .read(let slot, let offset, let length): "read \(slot) \(offset) \(length)"
    case .ftruncate(let slot, let size): "ftruncate \(slot) \(size)"
    case .truncate(let path, let size): "truncate \(path) \(size)"
    case .fsync(let slot): "fsync \(slot)"
    case .flush(let slot): "flush \(slot)"
    case .childFlush(let slot): "childflush \(slot)"
    case .close(let slot): "close \(slot)"
    case .rename(let from, let to): "rename \(from) \(to)"
    case .unlink(let path): "unlink \(path)"
    case .mkdir(let path): "mkdir \(path)"
    case .rmdir(let path): "rmdir \(path)"
    case .readdir(let path): "readdir \(path.isEmpty ? "/" : path)"
    case .stat(let path): "stat \(path)"
    case .cat(let path): "cat \(path)"
    case .forget: "forget"
    case .put(let path, let length, let seed): "put \(path) \(length) \(seed)"
    case .delete(let path): "delete \(path)"
    case .crash(let isOffline): isOffline ? "crash offline" : "crash"
    case .outage(let kind): "outage \(kind.rawValue)"
    case .recover: "recover"
    case .blip(let kind, let count): "blip \(kind.rawValue) \(count)"
    case .drain: "drain"
    case .check: "check"
    }
  }

  /// Reads what ``description`` writes; nil for anything else.
  init?(_ text: some StringProtocol) {
    let words = String(text).split { $0.isWhitespace }.map(String.init)
    func number(_ index: Int) -> Int? { index < words.count ? Int(words[index]).flatMap { $0 < 0 ? nil : $0 } : nil }
    func word(_ index: Int) -> String? { index < words.count ? words[index] : nil }
    func path(_ index: Int) -> String? { word(index).map { $0 == "/" ? "" : $0 } }
    func mode(_ index: Int) -> AccessMode? { word(index).flatMap { AccessMode(rawValue: $0) } }
    func fault(_ index: Int) -> FaultKind? { word(index).flatMap { FaultKind(rawValue: $0) } }
    switch word(0) {
    case "create":
      guard let slot = number(1), let path = path(2), let mode = mode(3) else { return nil }
      self = .create(slot: slot, path: path, mode: mode, isExclusive: word(4) == "excl")
    case "open":
      guard let slot = number(1), let path = path(2), let mode = mode(3) else { return nil }
      self = .open(slot: slot, path: path, mode: mode, truncates: word(4) == "trunc")
    case "write":
      guard let slot = number(1), let offset = number(2), let length = number(3), let seed = number(4) else {
        return nil
      }
      self = .write(slot: slot, offset: offset, length: length, seed: seed)
    case "append":
      guard let slot = number(1), let length = number(2), let seed = number(3) else { return nil }
      self = .append(slot: slot, length: length, seed: seed)
    case "read":
      guard let slot = number(1), let offset = number(2), let length = number(3) else { return nil }
      self = .read(slot: slot, offset: offset, length: length)
    case "ftruncate":
      guard let slot = number(1), let size = number(2) else { return nil }
      self = .ftruncate(slot: slot, size: size)
    case "truncate":
      guard let path = path(1), let size = number(2) else { return nil }
      self = .truncate(path: path, size: size)
    case "rename":
      guard let from = path(1), let to = path(2) else { return nil }
      self = .rename(from: from, to: to)
    case "put":
      guard let path = path(1), let length = number(2), let seed = number(3) else { return nil }
      self = .put(path: path, length: length, seed: seed)
    case "blip":
      guard let kind = fault(1), let count = number(2) else { return nil }
      self = .blip(kind, count: count)
    case "outage":
      guard let kind = fault(1) else { return nil }
      self = .outage(kind)
    case "crash": self = .crash(isOffline: word(1) == "offline")
    case "forget": self = .forget
    case "recover": self = .recover
    case "drain": self = .drain
    case "check": self = .check
    default:
      if let slot = number(1), let made = ModelOperation(word(0) ?? "", slot: slot) {
        self = made
      } else if let path = path(1), let made = ModelOperation(word(0) ?? "", path: path) {
        self = made
      } else {
        return nil
      }
    }
  }

  private init?(_ word: String, slot: Int) {
    switch word {
    case "fsync": self = .fsync(slot: slot)
    case "flush": self = .flush(slot: slot)
    case "childflush": self = .childFlush(slot: slot)
    case "close": self = .close(slot: slot)
    default: return nil
    }
  }

  private init?(_ word: String, path: String) {
    switch word {
    case "unlink": self = .unlink(path: path)
    case "mkdir": self = .mkdir(path: path)
    case "rmdir": self = .rmdir(path: path)
    case "readdir": self = .readdir(path: path)
    case "stat": self = .stat(path: path)
    case "cat": self = .cat(path: path)
    case "delete": self = .delete(path: path)
    default: return nil
    }
  }
}
