// SPDX-License-Identifier: Apache-2.0

import Glibc

extension AmplifyOutputs {
  /// Larger files are not read. Those of large projects have hundreds of kilobytes, mostly of model introspection.
  package static let largestFile = 16 << 20

  /// Reads and decodes a file.
  ///
  /// - Throws: with the file, and the place in it.
  package static func load(path: String) throws(AmplifyOutputsError) -> AmplifyOutputs {
    do {
      return try AmplifyOutputs(json: contents(of: path))
    } catch {
      throw AmplifyOutputsError(path: error.path, error.message, file: path)
    }
  }

  static func contents(of path: String) throws(AmplifyOutputsError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw unreadable(errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(errno) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= largestFile else {
        throw AmplifyOutputsError(
          "the file is larger than 16 MiB, so it is not one of Amplify; name the amplify_outputs.json of the project")
      }
    }
  }

  private static func unreadable(_ code: Int32) -> AmplifyOutputsError {
    if code == ENOENT {
      return AmplifyOutputsError(
        "there is no such file; `npx ampx generate outputs` in the project's directory writes it, then name it by its path"
      )
    }
    return AmplifyOutputsError(
      "the file cannot be read: \(String(cString: strerror(code))); check its path and permissions")
  }
}
