// SPDX-License-Identifier: Apache-2.0
//
// From the words of a command line or of fstab to checked options.
//
// For: `pail mount` and mount.pail. Pure: reads no file, no environment, no clock; any thread.
// Settings are applied in the order given, so later ones win; `-` and `_` in names mean the same, because mount(8) and
// command lines differ in habit. What can go wrong is always a usage failure that names the option and the remedy.

/// Parses mount options.
package enum MountOptionParser {
  /// - Parameters:
  ///   - source: nil when none was given.
  ///   - settings: from `-o` strings and flags, in order.
  ///   - isSloppy: skip unknown options instead of failing (mount(8) `-s`).
  package static func parse(
    source: String?, mountPoint: String, settings: [OptionSetting], isSloppy: Bool = false
  ) throws(MountFailure) -> MountOptions {
    guard !mountPoint.isEmpty else { throw .usage("the mount point is empty: name a directory") }
    let isOfProject = settings.contains { $0.name == "amplify" }
    var options = MountOptions(
      source: try SourceOption(source, isOfProject: isOfProject), mountPoint: mountPoint)
    var draft = OptionDraft()
    for setting in settings {
      try apply(setting, to: &options, &draft, isSloppy: isSloppy)
    }
    try draft.finish(&options)
    return options
  }

  private static func apply(
    _ setting: OptionSetting, to options: inout MountOptions, _ draft: inout OptionDraft, isSloppy: Bool
  ) throws(MountFailure) {
    if setting.name.hasPrefix("env.") {
      try EnvironmentOption.apply(setting, to: &options)
      return
    }
    let name = String(setting.name.map { $0 == "_" ? "-" : $0 })
    if isNoise(name) { return }
    guard let definition = MountOptionTable.byName[name] else {
      if isSloppy { return }
      throw unknown(setting.name)
    }
    switch definition.argument {
    case .flag(let apply):
      guard setting.value == nil else { throw .usage("option \(setting.name) takes no value") }
      apply(&options)
      options.given[name] = ""
    case .value(let expected, let apply):
      guard let value = setting.value, !value.isEmpty else {
        throw .usage("option \(setting.name) needs a value: \(setting.name)=\(expected)")
      }
      guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw .usage("the value of option \(setting.name) has a control character")
      }
      guard apply(value, &options, &draft) else {
        // A password may stand before an @, and this line end up in a log.
        let words = value.contains("@") ? setting.name : "\(setting.name)=\(shown(value))"
        throw .usage("option \(words) is not understood: expected \(expected)")
      }
      options.given[name] = value
    }
  }

  /// What fstab lines carry for mount(8), systemd or other systems.
  private static func isNoise(_ name: String) -> Bool {
    name.hasPrefix("x-") || MountOptionTable.ignored.contains(name)
  }

  private static func unknown(_ name: String) -> MountFailure {
    if let secret = EnvironmentOption.secretReason(name) { return .usage(secret) }
    let canonical = String(name.map { $0 == "_" ? "-" : $0 })
    let names = MountOptionTable.definitions.map(\.name)
    guard let nearest = NearestName.of(canonical, among: names) else {
      return .usage("unknown option \(shown(name)); `pail mount --help` lists the options")
    }
    return .usage("unknown option \(shown(name)); did you mean \(nearest)?")
  }

  private static func shown(_ text: String) -> String {
    text.count > 80 ? text.prefix(80) + "…" : text
  }
}
