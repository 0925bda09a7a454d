// SPDX-License-Identifier: Apache-2.0
//
// What the options about records mean: models, store, bucket, and as whom.
//
// For: every command about records. Made on the main thread, since it reads the environment; opened by the task that works.
// What can go wrong: files that cannot be read, names that are not there; told before anything is opened.

import Glibc
import Mount
import Records
import Storage

struct RecordPlace: Sendable {
  /// Of a project.
  struct Project: Sendable {
    var outputs: String
    var user: StorageUser
    var authorization: RecordOptions.Authorization?
  }

  let schema: RecordSchema
  let store: RecordStoreLocation
  let storage: StorageConfiguration
  /// As the store knows it; nil when none is known, and none is needed.
  let bucket: StorageBucket?
  /// Where workflows are noted.
  let stateDirectory: String
  let project: Project?

  /// - Parameter needsBucket: whether the command is about files.
  /// - Throws: `CommandFailure`.
  init(_ options: RecordOptions, needsBucket: Bool) throws {
    let environment = HostEnvironment.current()
    do {
      schema = try RecordPlace.schema(options)
      if options.store == nil, options.project == nil {
        throw CommandFailure.usage("no store: keep the records in a file with --store FILE")
      }
      store = options.store.flatMap { RecordStoreLocation($0) } ?? .appSync
      stateDirectory = StatePaths(environment).recordsDirectory
      project = options.project.map {
        Project(outputs: $0, user: options.guest ? .guest : .automatic, authorization: options.authorization)
      }
      var configuration = StorageConfiguration()
      if let outputs = options.project, needsBucket || options.bucket != nil {
        configuration = try StorageConfiguration(amplifyOutputs: outputs, user: options.guest ? .guest : .automatic)
        // Credentials of one's own instead of the user's.
        if options.address.profile != nil { configuration.credentials = .environment }
      }
      options.address.apply(to: &configuration, environment)
      configuration.stateDirectory = stateDirectory
      storage = configuration
      bucket = try RecordPlace.bucket(options, configuration)
      if needsBucket, bucket == nil { throw CommandFailure.usage("no bucket: name one with --bucket s3://BUCKET") }
    } catch let error as RecordError {
      throw CommandFailure(error)
    } catch let error as StorageError {
      throw CommandFailure(error)
    }
  }

  /// The models that the options name.
  ///
  /// - Throws: `RecordError`, `CommandFailure`.
  static func schema(_ options: RecordOptions) throws -> RecordSchema {
    let path = options.schema ?? options.project ?? ""
    if options.schema == nil, options.amplify == nil, access(path, F_OK) != 0 {
      throw CommandFailure.usage(
        "no models: name a project with --amplify amplify_outputs.json, or a file with --schema FILE")
    }
    return try RecordSchema(path: path, attachments: try options.files.rules())
  }

  private static func bucket(_ options: RecordOptions, _ configuration: StorageConfiguration) throws -> StorageBucket? {
    func known(_ name: String) throws -> StorageBucket {
      guard let bucket = configuration.buckets[name] else {
        let names = configuration.buckets.keys.sorted().joined(separator: ", ")
        throw CommandFailure.usage(
          "the project has no bucket \(ObjectText.printable(name)): there are \(ObjectText.printable(names)), or s3://BUCKET"
        )
      }
      return .bucket(name: bucket.name, region: options.address.region ?? bucket.region)
    }
    guard let text = options.bucket else {
      // By the name that the store knows: the journal tells buckets apart by it.
      guard case .named(let name) = configuration.defaultBucket else { return nil }
      return try known(name)
    }
    if !text.hasPrefix("s3://") {
      return configuration.buckets.isEmpty ? .bucket(name: text, region: options.address.region) : try known(text)
    }
    let (name, key) = try ObjectLocation.remote(text)
    guard key.isEmpty else {
      throw CommandFailure.usage("--bucket takes no prefix: say --template '\(key)/{id}-{name}'")
    }
    return .bucket(name: name, region: options.address.region)
  }
}
