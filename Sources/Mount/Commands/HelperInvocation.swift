// SPDX-License-Identifier: Apache-2.0

/// How mount(8) calls a helper: `mount.pail SOURCE DIR [-sfnvrw] [-N namespace] [-o options] [-t type]`, and how
/// mount.fuse3(8) does: `pail SOURCE DIR -o options`.
package struct HelperInvocation: Equatable, Sendable {
  package var source: String
  package var mountPoint: String
  package var settings: [OptionSetting] = []
  /// `-s`: unknown options are no error.
  package var isSloppy = false
  /// `-f`: check only.
  package var isFake = false

  package static let helperNames: Set<String> = ["mount.pail", "mount.fuse.pail"]

  /// Whether a command line is one of these rather than `pail COMMAND …`.
  ///
  /// - Parameters:
  ///   - arguments: with the program's name first.
  ///   - commands: the names of subcommands.
  package static func isHelper(_ arguments: [String], commands: [String]) -> Bool {
    guard let program = arguments.first else { return false }
    let name = program.split(separator: "/").last.map(String.init) ?? program
    if helperNames.contains(name) { return true }
    guard arguments.count >= 3 else { return false }
    return !arguments[1].hasPrefix("-") && !commands.contains(arguments[1]) && arguments[2].hasPrefix("/")
  }

  /// - Parameter arguments: without the program's name. Throws a usage failure.
  package init(_ arguments: [String]) throws(MountFailure) {
    var operands: [String] = []
    var rest = arguments[...]
    source = ""
    mountPoint = ""
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      guard !argument.hasPrefix("--") else {
        throw .usage("\(argument) is not known here; mount helpers take options as -o name=value")
      }
      try parse(flags: argument.dropFirst(), &rest)
    }
    guard operands.count == 2 else {
      throw .usage(
        "usage: mount.pail BUCKET|s3://BUCKET/PREFIX DIRECTORY [-o options], or with -o amplify=FILE a friendly name or none"
      )
    }
    (source, mountPoint) = (operands[0], operands[1])
  }

  private mutating func parse(flags: Substring, _ rest: inout ArraySlice<String>) throws(MountFailure) {
    var flags = flags
    while let flag = flags.popFirst() {
      switch flag {
      case "n", "v": break
      case "s": isSloppy = true
      case "f": isFake = true
      case "r": settings.append(OptionSetting("ro"))
      case "w": settings.append(OptionSetting("rw"))
      case "o", "t", "N":
        let value = flags.isEmpty ? rest.popFirst() : String(flags)
        guard let value else { throw .usage("-\(flag) needs a value") }
        if flag == "N" { throw .usage("-N (another mount namespace) is not supported; use nsenter(1)") }
        if flag == "o" { settings += OptionString.settings(in: value) }
        return
      default: throw .usage("unknown flag -\(flag)")
      }
    }
  }

  /// The same as arguments of `pail mount`, for the daemon's process.
  package var mountArguments: [String] {
    var arguments = ["mount", source, mountPoint]
    for setting in settings { arguments += ["-o", OptionString.text(of: setting)] }
    return isSloppy ? arguments + ["--sloppy"] : arguments
  }
}
