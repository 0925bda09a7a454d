// SPDX-License-Identifier: Apache-2.0
//
// The public API: objects in buckets, by path, with the vocabulary of AWS Amplify Storage.
//
// For: apps, and `pail cp`, `ls` and their like. The operations stand in extensions, one a file; transfers are tasks of their
// own that go on without this object. State: the connections to buckets and the transfers that have not ended, each behind a
// lock. Any task or thread may call, many at once; nothing blocks.
// What can go wrong: StorageError, always with a name and what helps.

package import HTTPTransport
package import S3Client

/// Objects in the buckets of a store.
///
/// ```swift
/// let storage = Storage(StorageConfiguration(bucket: "photos", region: "eu-central-1"))
/// let result = try await storage.uploadData(path: "album/1.jpg", data: .file(path: "1.jpg")).result
/// ```
public final class Storage: Sendable {
  let connections: BucketConnections
  let transfers = OpenTransfers()

  /// Makes no request: a configuration that cannot work shows with the first operation.
  public convenience init(_ configuration: StorageConfiguration) {
    self.init(configuration, transport: nil)
  }

  /// - Parameters:
  ///   - transport: instead of one of its own.
  ///   - clock: instead of the system's.
  package init(_ configuration: StorageConfiguration, transport: (any HTTPTransport)?, clock: S3Clock = .system) {
    connections = BucketConnections(configuration, transport: transport, clock: clock)
  }

  /// Ends all transfers and connections; an upload or download that a later process can go on with is left for it.
  ///
  /// Without this call, connections end when this object and its transfers have ended.
  public func close() async {
    connections.refuse()
    await transfers.cancelAll()
    await connections.close()
  }
}
