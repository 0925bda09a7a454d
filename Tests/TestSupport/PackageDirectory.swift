// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the checkout under test and its tools are.
package enum PackageDirectory {
  /// The root of the package, as an absolute path without a slash at the end.
  package static let root: String = {
    var components = #filePath.split(separator: "/", omittingEmptySubsequences: true)
    components.removeLast(3)
    return "/" + components.joined(separator: "/")
  }()

  /// The virtual environment with the servers and the independent clients: `$PAIL_VENV`, or `.venv` at the root.
  package static let virtualEnvironment: String =
    ProcessInfo.processInfo.environment["PAIL_VENV"] ?? root + "/.venv"

  /// The path of `program` in the virtual environment.
  ///
  /// - Throws: ``TestSupportError`` if it is not installed.
  package static func virtualEnvironmentProgram(_ program: String) throws -> String {
    let path = virtualEnvironment + "/bin/" + program
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw TestSupportError("\(path) does not exist: run scripts/install first")
    }
    return path
  }
}
