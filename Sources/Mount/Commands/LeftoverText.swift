// SPDX-License-Identifier: Apache-2.0

/// How `pail umount` says what is left behind.
package enum LeftoverText {
  /// Keys that a line names.
  private static let named = 5

  /// In one line.
  ///
  /// - Parameters:
  ///   - uploads: nil when nobody could tell.
  ///   - note: what becomes of the files.
  package static func words(_ uploads: UploadSummary?, note: String) -> String {
    guard let uploads else { return "data stays in the cache; \(note)" }
    return [files(uploads, note: note), uploads.lost.map(attributes)].compactMap { $0 }.joined(separator: "; ")
  }

  private static func files(_ uploads: UploadSummary, note: String) -> String? {
    guard uploads.count > 0 else { return nil }
    let keys = uploads.first.map { $0.reason == nil ? $0.key : "\($0.key) (\($0.reason ?? ""))" }
    return "\(uploads.count) \(uploads.count == 1 ? "file" : "files") (\(ByteCount.text(uploads.bytes))) "
      + "not uploaded, kept in \(uploads.cacheDirectory); \(note)" + list(keys, of: uploads.count)
  }

  private static func attributes(_ lost: LostAttributes) -> String {
    "the changed attributes (mode, owner, times or extended ones) of \(lost.count) "
      + "\(lost.count == 1 ? "file" : "files") are lost, since the store could not be told"
      + list(lost.first, of: lost.count)
  }

  private static func list(_ keys: [String], of count: Int) -> String {
    let shown = keys.prefix(named)
    return shown.isEmpty ? "" : ": " + shown.joined(separator: ", ") + (count > shown.count ? ", …" : "")
  }
}
