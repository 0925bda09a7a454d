// SPDX-License-Identifier: Apache-2.0

/// What `~/.aws/config` and `~/.aws/credentials` say together. Read anew whenever credentials are needed, so that a change
/// to the files needs no remount.
struct SharedConfiguration {
  private(set) var profiles: [String: SharedSection] = [:]
  private(set) var services: [String: SharedSection] = [:]
  /// What was wrong with the files, one phrase each.
  private(set) var problems: [String] = []

  /// - Parameter credentials: wins where both files set the same thing.
  init(configuration: SharedFile, credentials: SharedFile) {
    let outer = SharedConfigurationParser(configuration.text, kind: .configuration)
    let inner = SharedConfigurationParser(credentials.text, kind: .credentials)
    profiles = outer.profiles
    services = outer.services
    for (name, section) in inner.profiles { profiles[name, default: SharedSection()].merge(section) }
    for (file, parsed) in [(configuration, outer), (credentials, inner)] {
      if let problem = file.problem { problems.append(problem) }
      if let line = parsed.oddLines.first { problems.append("\(file.path) line \(line) is not 'name = value'") }
    }
  }

  /// Reads both files, off the cooperative pool.
  static func load(_ environment: AWSEnvironment) async -> SharedConfiguration {
    let home = environment.homeDirectory
    let configuration = environment["AWS_CONFIG_FILE"].map(environment.expanded) ?? home + "/.aws/config"
    let credentials =
      environment["AWS_SHARED_CREDENTIALS_FILE"].map(environment.expanded) ?? home + "/.aws/credentials"
    return await BlockingWork.run {
      SharedConfiguration(
        configuration: SharedFile(reading: configuration), credentials: SharedFile(reading: credentials))
    }
  }
}

/// A configuration file; empty when it does not exist or cannot be read.
struct SharedFile {
  let path: String
  let text: String
  /// Why an existing file could not be read.
  let problem: String?

  /// Longer files are nobody's configuration.
  static let limit = 1 << 20

  init(path: String, text: String) {
    self.path = path
    self.text = text
    problem = nil
  }

  /// Blocks.
  init(reading path: String) {
    self.path = path
    do throws(SmallFile.Failure) {
      text = String(decoding: try SmallFile.read(path, limit: SharedFile.limit), as: UTF8.self)
      problem = nil
    } catch {
      text = ""
      problem = error == .missing ? nil : "\(path): \(error.reason)"
    }
  }
}
