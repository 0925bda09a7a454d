// SPDX-License-Identifier: Apache-2.0

/// Bytes without a pattern that a wrong offset could hide in, and that nothing can compress.
package enum Noise {
  /// The same bytes for the same seed.
  package static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(state: seed)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for offset in stride(from: 0, to: count, by: 8) {
        withUnsafeBytes(of: random.next().littleEndian) { word in
          let size = min(8, count - offset)
          raw.baseAddress?.advanced(by: offset).copyMemory(from: word.baseAddress.unsafelyUnwrapped, byteCount: size)
        }
      }
      initialized = count
    }
  }
}
