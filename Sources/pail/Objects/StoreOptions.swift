// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount
import Storage

/// Where the store is, for every command about objects.
struct StoreOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("The account that the bucket must belong to, 12 digits.", valueName: "account"))
  var expectedBucketOwner: String?

  @Flag(help: "Through the bucket's transfer acceleration endpoint.")
  var accelerate = false

  enum Addressing: String, ExpressibleByArgument, CaseIterable {
    case auto, path, virtual
  }

  /// A store for the buckets that locations name.
  func storage() -> Storage {
    let environment = HostEnvironment.current()
    var configuration = StorageConfiguration()
    configuration.endpointURL = endpoint
    configuration.profile = profile
    configuration.caFile = caFile.map(environment.absolute)
    configuration.stateDirectory = StatePaths(environment).commandDirectory
    configuration.environment = environment.variables
    configuration.addressing =
      switch addressing {
      case .auto: .automatic
      case .path: .path
      case .virtual: .virtualHost
      }
    return Storage(configuration)
  }

  func bucket(_ name: String) -> StorageBucket { .bucket(name: name, region: region) }
}
