// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client

/// A store that sequences run on, and another client of it. All calls block.
protocol ModelStore: AnyObject {
  /// For one daemon after the other.
  var transport: any HTTPTransport { get }
  func makeClient(_ transport: any HTTPTransport) throws -> S3Client
  /// The smallest part, in bytes.
  var partSize: Int64 { get }
  func put(_ key: String, _ bytes: [UInt8]) throws
  func delete(_ key: String) throws
  /// All objects.
  func contents() throws -> [String: [UInt8]]
  /// Ids of multipart uploads that are open.
  func uploads() throws -> Set<String>
  /// Whether to look at the contents costs next to nothing.
  var isFast: Bool { get }
}
