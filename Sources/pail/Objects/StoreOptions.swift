// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount
import Storage

/// Where the store is, for every command about objects.
struct StoreOptions: ParsableArguments {
  @OptionGroup var address: StoreAddressOptions

  @Option(help: ArgumentHelp("The account that the bucket must belong to, 12 digits.", valueName: "account"))
  var expectedBucketOwner: String?

  @Flag(help: "Through the bucket's transfer acceleration endpoint.")
  var accelerate = false

  /// A store for the buckets that locations name.
  func storage() -> Storage {
    let environment = HostEnvironment.current()
    var configuration = StorageConfiguration()
    address.apply(to: &configuration, environment)
    configuration.stateDirectory = StatePaths(environment).commandDirectory
    return Storage(configuration)
  }

  func bucket(_ name: String) -> StorageBucket { .bucket(name: name, region: address.region) }
}
