// SPDX-License-Identifier: Apache-2.0
//
// The mode of a file as programs write it in object metadata. Pure.
//
// s3fs and geesefs write it in decimal with type bits (33188), rclone in octal with them (100644, 0100644), others in octal without
// (644, 0644), a few in decimal without (420). Nothing says which it is. So: with a zero before it, it is octal. Else what has the
// type bits of a possible kind counts, decimal before octal; bits that nobody sets by accident (set-user-ID, set-group-ID, sticky)
// speak against a reading, and rule it out for anything but files and directories. What the object is helps: only a marker can be a
// directory. Without type bits it is octal if that makes sense as permissions: nobody gives the group more than the owner.
// What can go wrong: a text that makes sense both ways is read as s3fs means it.

enum ModeText {
  private static let typeBits: UInt32 = 0o170000
  private static let specialBits: UInt32 = 0o7000
  private static let file: UInt32 = 0o100000
  private static let directory: UInt32 = 0o040000
  /// FIFO, character device, block device, link, socket.
  private static let others: Set<UInt32> = [0o010000, 0o020000, 0o060000, 0o120000, 0o140000]

  /// With the type bits that are there; nil for what is no mode.
  ///
  /// - Parameter isDirectory: the object is the marker of a directory.
  static func value(of text: String, isDirectory: Bool) -> UInt32? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    let octal = UInt32(text, radix: 8).flatMap { $0 <= 0o177777 ? $0 : nil }
    if text.utf8.first == 0x30 { return octal }
    let decimal = UInt32(text).flatMap { $0 <= 0o177777 ? $0 : nil }
    let typed = [decimal, octal].compactMap { $0 }.filter { isPossible($0, isDirectory: isDirectory) }
    if let clear = typed.first(where: { $0 & specialBits == 0 }) ?? typed.first { return clear }
    let plain = [octal, decimal].compactMap { $0 }.filter { $0 & typeBits == 0 }
    if let usual = plain.first(where: isUsual) { return usual }
    // A FIFO with such bits all the same, as it is written here.
    if let decimal, !isDirectory, others.contains(decimal & typeBits) { return decimal }
    return plain.last
  }

  private static func isPossible(_ mode: UInt32, isDirectory: Bool) -> Bool {
    switch mode & typeBits {
    case directory: isDirectory
    case file: !isDirectory
    case let type: !isDirectory && others.contains(type) && mode & specialBits == 0
    }
  }

  /// Whether the owner may do what the group may, and the group what all others may.
  private static func isUsual(_ permissions: UInt32) -> Bool {
    let (owner, group, other) = (permissions >> 6 & 7, permissions >> 3 & 7, permissions & 7)
    return owner | group == owner && group | other == group
  }
}
