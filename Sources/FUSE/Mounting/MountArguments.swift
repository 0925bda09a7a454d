// SPDX-License-Identifier: Apache-2.0

import CFUSE

/// The argument vector of fuse_session_new, in memory of its own.
struct MountArguments: ~Copyable {
  private var arguments = fuse_args()

  init(_ configuration: FUSESessionConfiguration) {
    for argument in Self.strings(configuration) { fuse_opt_add_arg(&arguments, argument) }
  }

  deinit {
    var arguments = arguments
    fuse_opt_free_args(&arguments)
  }

  mutating func withArguments<Result>(_ body: (inout fuse_args) -> Result) -> Result { body(&arguments) }

  /// The program's name and one `-o`, which libfuse and fusermount3 split at commas that have no backslash before them.
  static func strings(_ configuration: FUSESessionConfiguration) -> [String] {
    let named = ["fsname=\(configuration.source)", "subtype=\(configuration.subtype)"]
    let options = named + configuration.fileSystemOptions.filter { $0 != "nonempty" }
    return ["pail", "-o", options.map(escaped).joined(separator: ",")]
  }

  private static func escaped(_ option: String) -> String {
    String(option.flatMap { $0 == "," || $0 == "\\" ? ["\\", $0] : [$0] })
  }
}
