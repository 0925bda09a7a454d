// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount
import Storage

/// How a store is reached.
struct StoreAddressOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address of the store; AWS when nothing else says so.", valueName: "url"))
  var endpoint: String?

  @Option(help: "Region of the bucket.")
  var region: String?

  @Option(help: "Profile in the AWS configuration files.")
  var profile: String?

  @Option(help: "Where the bucket name stands in URLs: auto, path or virtual.")
  var addressing: Addressing = .auto

  @Option(help: "File with the certificates to trust.", completion: .file())
  var caFile: String?

  enum Addressing: String, ExpressibleByArgument, CaseIterable {
    case auto, path, virtual
  }

  /// Changes what the options say.
  func apply(to configuration: inout StorageConfiguration, _ environment: HostEnvironment) {
    if let endpoint { configuration.endpointURL = endpoint }
    if let profile { configuration.profile = profile }
    configuration.caFile = caFile.map(environment.absolute)
    configuration.environment = environment.variables
    configuration.addressing =
      switch addressing {
      case .auto: .automatic
      case .path: .path
      case .virtual: .virtualHost
      }
  }
}
