// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
import Transfer

/// What to upload, and where it comes from.
///
/// A string literal is a text. Nothing is read before the upload begins; a file or a sequence of any size needs only the memory
/// of some parts.
public struct UploadData: Sendable {
  let source: UploadSource

  public static func bytes(_ bytes: [UInt8]) -> UploadData { UploadData(source: .bytes(bytes)) }

  public static func data(_ data: Data) -> UploadData { UploadData(source: .bytes([UInt8](data))) }

  /// In UTF-8.
  public static func string(_ text: String) -> UploadData { UploadData(source: .bytes(Array(text.utf8))) }

  /// A regular file. One that changes while it is uploaded fails the upload.
  public static func file(path: String) -> UploadData { UploadData(source: .file(path: path)) }

  /// A regular file. One that changes while it is uploaded fails the upload; so does a URL of anything but a file.
  public static func file(_ url: URL) -> UploadData {
    // Opening a path that is a whole URL fails with a message that shows it.
    UploadData(source: .file(path: url.isFileURL ? url.path : url.absoluteString))
  }

  /// Chunks of any size, of which nobody needs to know how many will come. They are asked for as fast as they can be sent.
  ///
  /// What they throw ends the upload as "InvalidUploadSource". Such an upload cannot go on in another process.
  public static func stream<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) -> UploadData
  where Chunks.Element: Sequence & Sendable, Chunks.Element.Element == UInt8 {
    UploadData(source: .chunks(ChunkSource(chunks.map { Array($0) })))
  }
}

extension UploadData: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self = .string(text) }
}
