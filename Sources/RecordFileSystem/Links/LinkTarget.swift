// SPDX-License-Identifier: Apache-2.0
//
// Where a link to an attached file leads. Pure.
//
// Relative, so that it holds wherever the mount is. The path in a record is what any user of the app may have written: one that could
// lead out of the mount, or that no file of the mount can have, gets a target that leads nowhere and says why.

enum LinkTarget {
  /// - Parameters:
  ///   - path: in the bucket.
  ///   - depth: directories between the link and the root of the mount.
  static func text(_ path: String, depth: Int, pathInMount: (String) -> String?) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isSafe =
      !path.utf8.contains(0) && path.utf8.count <= 1_024
      && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    // A directory of the bucket that has the name of this one is covered by it.
    guard isSafe, let place = pathInMount(path), !place.isEmpty,
      !place.utf8.starts(with: "\(RecordFileSystem.name)/".utf8)
    else {
      // One component, so that nothing in it is followed.
      let text = path.unicodeScalars.prefix(200).map {
        $0 == "/" || $0.value < 0x20 ? "%" + hexadecimal($0) : String($0)
      }
      return "not-in-this-mount:" + text.joined()
    }
    return String(repeating: "../", count: depth) + place
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }
}
