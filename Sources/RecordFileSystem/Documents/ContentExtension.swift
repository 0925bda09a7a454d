// SPDX-License-Identifier: Apache-2.0

/// The extension that a file's first bytes ask for.
///
/// A program that writes into a field of one file tells no name, and without an extension the object would have no content type, and
/// a browser not show it.
enum ContentExtension {
  /// Bytes to look at.
  static let length = 16

  private static let beginnings: [(offset: Int, bytes: [UInt8], name: String)] = [
    (0, [0xFF, 0xD8, 0xFF], "jpg"), (0, [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A], "png"),
    (0, Array("GIF8".utf8), "gif"),
    (8, Array("WEBP".utf8), "webp"), (4, Array("ftypavif".utf8), "avif"), (4, Array("ftypheic".utf8), "heic"),
    (0, Array("%PDF-".utf8), "pdf"), (4, Array("ftypqt".utf8), "mov"), (4, Array("ftyp".utf8), "mp4"),
    (0, [0x1A, 0x45, 0xDF, 0xA3], "webm"), (0, Array("ID3".utf8), "mp3"), (0, Array("OggS".utf8), "ogg"),
    (8, Array("WAVE".utf8), "wav"), (0, Array("fLaC".utf8), "flac"), (0, Array("PK\u{3}\u{4}".utf8), "zip"),
    (0, Array("<svg".utf8), "svg"),
  ]

  /// For example `jpg`; nil for a content that has no such mark.
  static func of(_ beginning: [UInt8]) -> String? {
    beginnings.first { mark in
      beginning.count >= mark.offset + mark.bytes.count && beginning.dropFirst(mark.offset).starts(with: mark.bytes)
    }?.name
  }
}
