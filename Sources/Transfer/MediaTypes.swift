// SPDX-License-Identifier: Apache-2.0
//
// The media type of a file by the extension of its name.
//
// For: the Content-Type of new objects. Debian's `media-types` package (`/etc/mime.types`) knows most; a short list of our own
// stands in where it is not installed. Read once; no state afterwards. A name without a known extension has no type here: the
// caller says application/octet-stream.

private import Glibc

package struct MediaTypes: Sendable {
  private let types: [String: String]

  package static let unknown = "application/octet-stream"

  /// - Parameter text: lines `type ext ext …`, `#` comments (mime.types(5)); nil uses the short list alone.
  package init(text: String?) {
    var types = MediaTypes.fallback
    // By bytes: a mount reads this before it answers, and characters cost many times as much.
    for line in text?.utf8.split(separator: UInt8(ascii: "\n")) ?? [] {
      let words = line.prefix { $0 != UInt8(ascii: "#") }.split { MediaTypes.blanks.contains($0) }
      guard words.count >= 2, words[0].contains(UInt8(ascii: "/")) else { continue }
      let type = String(Substring(words[0]))
      for name in words.dropFirst() { types[Substring(name).lowercased()] = type }
    }
    self.types = types
  }

  private static let blanks = Array(" \t\r".utf8)

  /// The types of this machine.
  package static let system = MediaTypes(text: readFile("/etc/mime.types"))

  /// The type for a file name; nil when its extension says nothing.
  package func type(of name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    return types[name[name.index(after: dot)...].lowercased()]
  }

  private static func readFile(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    // Larger than any real one, and a limit for whatever else is there.
    while bytes.count < 4 << 20 {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let fallback: [String: String] = [
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv", "html": "text/html",
    "htm": "text/html", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
    "json": "application/json",
    "xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
    "tar": "application/x-tar", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif",
    "webp": "image/webp", "svg": "image/svg+xml", "ico": "image/vnd.microsoft.icon", "avif": "image/avif",
    "mp3": "audio/mpeg", "wav": "audio/x-wav", "ogg": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm",
    "mov": "video/quicktime", "wasm": "application/wasm", "woff": "font/woff", "woff2": "font/woff2",
    "yaml": "application/yaml", "yml": "application/yaml", "sqlite": "application/vnd.sqlite3",
    "parquet": "application/vnd.apache.parquet",
  ]
}
