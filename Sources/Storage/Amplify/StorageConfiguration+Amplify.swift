// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs

extension StorageConfiguration {
  /// A configuration from the `amplify_outputs.json` of a project: its buckets by their friendly names, the default one, the
  /// region of each, and credentials from its identity pool. Reads the file at once, and makes no request.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - user: as whom; also tells the identity for ``StoragePath/identity(_:)``, guests having one, too.
  /// - Throws: "InvalidAmplifyOutputs", with the place in the file.
  public init(amplifyOutputs path: String, user: StorageUser = .automatic) throws(StorageError) {
    do throws(AmplifyOutputsError) {
      let outputs = try AmplifyOutputs.load(path: path)
      let storage = try outputs.requireStorage(file: path)
      self.init(
        buckets: Dictionary(
          uniqueKeysWithValues: storage.buckets.map { ($0.name, Bucket(name: $0.bucketName, region: $0.region)) }),
        defaultBucket: .named(storage.defaultBucket), credentials: .cognito(user))
      auth = outputs.auth
    } catch {
      throw StorageError(error)
    }
  }
}

extension Storage {
  /// The storage of an Amplify project; see ``StorageConfiguration/init(amplifyOutputs:user:)`` for one that also has options.
  ///
  /// - Throws: "InvalidAmplifyOutputs", with the place in the file.
  public convenience init(amplifyOutputs path: String, user: StorageUser = .automatic) throws(StorageError) {
    self.init(try StorageConfiguration(amplifyOutputs: path, user: user))
  }
}
