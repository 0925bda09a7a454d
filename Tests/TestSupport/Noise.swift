// SPDX-License-Identifier: Apache-2.0

/// Bytes without a pattern that a wrong offset could hide in, and that nothing can compress.
package enum Noise {
  /// The same bytes for the same seed.
  package static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(state: seed)
    // Whole words: the last one may reach beyond the end.
    return [UInt8](unsafeUninitializedCapacity: count + 7) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).withMemoryRebound(to: UInt64.self) { words in
        // A loop without a range: tests are not optimised, and some ask for many megabytes.
        var index = 0
        while index < words.count {
          words[index] = random.next().littleEndian
          index += 1
        }
      }
      initialized = count
    }
  }
}
