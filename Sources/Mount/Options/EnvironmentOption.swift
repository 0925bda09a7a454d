// SPDX-License-Identifier: Apache-2.0

/// `env.NAME=value`: settings of the AWS chain for daemons that fstab starts, which have no environment of their own.
enum EnvironmentOption {
  /// Throws for names that are not AWS settings and for secrets, which anybody could read in fstab or with ps(1).
  static func apply(_ setting: OptionSetting, to options: inout MountOptions) throws(MountFailure) {
    let name = String(setting.name.dropFirst(4))
    guard name.hasPrefix("AWS_") else {
      throw .usage("option \(setting.name) is refused: only AWS_ settings can be given as env.NAME=value")
    }
    if let reason = secretReason(name) { throw .usage(reason) }
    guard let value = setting.value, !value.isEmpty else {
      throw .usage("option \(setting.name) needs a value: \(setting.name)=VALUE")
    }
    options.environment[name] = value
    options.given[setting.name] = value
  }

  /// Why `name` may not be an option, or nil when it is not a secret's.
  static func secretReason(_ name: String) -> String? {
    let upper = name.uppercased()
    // A file that holds a token is no secret itself.
    guard !upper.hasSuffix("_FILE") else { return nil }
    guard ["SECRET", "TOKEN", "PASSWORD"].contains(where: upper.contains) else { return nil }
    return "option \(name) is refused: anybody could read the secret in ps or fstab; "
      + "put it into the environment or ~/.aws/credentials"
  }
}
