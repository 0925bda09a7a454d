// SPDX-License-Identifier: Apache-2.0
//
// Mode, owner and times of a file as user metadata of its object. Pure.
//
// The form is that of s3fs: `mode` in decimal with type bits, `uid`, `gid`, `mtime` as `seconds.nnnnnnnnn`; readers accept
// zero to nine digits of fraction (rclone writes a float). `rdev`, of a device node, is hexadecimal as rclone has it. Only what
// differs from the mount's defaults is written. Values come from a store that anybody may have written to: what cannot be understood
// is ignored.

import VFS

struct StoredAttributes: Equatable, Sendable {
  /// With type bits.
  var mode: UInt32?
  var uid: UInt32?
  var gid: UInt32?
  var modified: Timestamp?
  /// Which device a device node stands for (`st_rdev`).
  var device: UInt64?

  /// The metadata names that hold attributes and are therefore no extended attributes.
  static let names: Set<String> = ["mode", "uid", "gid", "mtime", "rdev"]

  init() {}

  init(metadata: [String: String]) {
    mode = metadata["mode"].flatMap { UInt32($0) }
    uid = metadata["uid"].flatMap { UInt32($0) }
    gid = metadata["gid"].flatMap { UInt32($0) }
    modified = metadata["mtime"].flatMap { Timestamp(decimal: $0) }
    device = metadata["rdev"].flatMap { UInt64($0, radix: 16) }
  }

  /// The metadata that says this.
  var metadata: [String: String] {
    var result: [String: String] = [:]
    if let mode { result["mode"] = String(mode) }
    if let uid { result["uid"] = String(uid) }
    if let gid { result["gid"] = String(gid) }
    if let modified { result["mtime"] = modified.decimal }
    if let device { result["rdev"] = String(device, radix: 16) }
    return result
  }

  /// What the type bits say; a file unless they say otherwise.
  var kind: FileKind { mode.flatMap { FileKind(mode: $0) } ?? .regular }

  /// The kind of an object that is no marker: never a directory, whatever its mode says.
  var objectKind: FileKind { kind == .directory ? .regular : kind }
}

extension Timestamp {
  /// `seconds.nnnnnnnnn`, nine digits.
  var decimal: String {
    // A time before 1970 with a fraction: -1.5 s is stored as seconds -2 and 500,000,000 ns.
    let isNegative = seconds < 0 && nanoseconds > 0
    let whole = isNegative ? seconds + 1 : seconds
    let fraction = String(isNegative ? 1_000_000_000 - nanoseconds : nanoseconds)
    let sign = isNegative && whole == 0 ? "-" : ""
    return "\(sign)\(whole).\(String(repeating: "0", count: 9 - fraction.utf8.count))\(fraction)"
  }

  /// Reads `seconds` with zero to nine (or more) digits of fraction; nil for anything else.
  init?(decimal text: String) {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, let whole = Int64(first), whole.magnitude < 1 << 40 else { return nil }
    var nanoseconds: Int32 = 0
    if halves.count == 2 {
      let digits = halves[1].prefix(9)
      guard halves[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      if !digits.isEmpty {
        guard let value = Int32(digits) else { return nil }
        nanoseconds = value
        for _ in digits.utf8.count..<9 { nanoseconds *= 10 }
      }
    }
    if first.hasPrefix("-"), nanoseconds > 0 {
      self.init(seconds: whole - 1, nanoseconds: 1_000_000_000 - nanoseconds)
    } else {
      self.init(seconds: whole, nanoseconds: nanoseconds)
    }
  }
}
