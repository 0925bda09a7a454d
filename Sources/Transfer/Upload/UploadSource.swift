// SPDX-License-Identifier: Apache-2.0

/// Where the bytes of an upload come from.
package enum UploadSource: Sendable {
  case bytes([UInt8])
  /// A regular file; opened by the upload.
  case file(path: String)
  /// Pieces of any size, of which nobody knows how many will come.
  case chunks(ChunkSource)

  /// Bytes, as far as they are known before anything is opened.
  var knownSize: Int64? {
    if case .bytes(let bytes) = self { Int64(bytes.count) } else { nil }
  }
}

/// An asynchronous sequence of chunks, run once, by one task.
package struct ChunkSource: Sendable {
  /// Calls its argument with each chunk in turn, and returns after the last.
  let forEach: @Sendable (_ body: ([UInt8]) async throws -> Void) async throws -> Void

  package init<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) where Chunks.Element == [UInt8] {
    forEach = { body in
      for try await chunk in chunks { try await body(chunk) }
    }
  }
}
