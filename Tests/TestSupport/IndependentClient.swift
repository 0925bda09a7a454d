// SPDX-License-Identifier: Apache-2.0
//
// An S3 client that shares no code with Pail: boto3, through s3tool.py beside this file.
//
// For: arranging a bucket's contents and checking what a test left there. No state; any thread may call, calls block
// until the tool has answered. What can go wrong: the virtual environment is missing, or the tool fails; both throw with the
// tool's words.

import Foundation

package struct IndependentClient: Sendable {
  /// What HEAD says of an object; header names as boto3 spells them.
  package struct Head: Decodable, Sendable {
    package let contentLength: Int64
    /// With its quotation marks.
    package let eTag: String
    package let contentType: String?
    package let contentDisposition: String?
    package let contentEncoding: String?
    package let contentLanguage: String?
    package let cacheControl: String?
    package let versionID: String?
    /// Seconds since 1970.
    package let lastModified: Double
    package let metadata: [String: String]
    package let checksumCRC32: String?
    package let checksumType: String?
    /// Lowercase hexadecimal, of the whole body; nil unless asked for.
    package let sha256: String?
  }

  /// One object of a listing.
  package struct Entry: Decodable, Sendable, Equatable {
    package let key: String
    package let size: Int64
    package let eTag: String
  }

  /// A multipart upload that was neither completed nor aborted.
  package struct Upload: Decodable, Sendable, Equatable {
    package let key: String
    package let uploadID: String
  }

  private let environment: [String: String]

  package init(_ server: TestServer) { environment = server.environment }

  /// A client for the server and the credentials that `environment` names, as ``TestServer/environment`` does.
  package init(environment: [String: String]) { self.environment = environment }

  /// Creates a bucket.
  package func makeBucket(_ bucket: String, versioned: Bool = false) throws {
    try run(["make-bucket", bucket] + (versioned ? ["--versioned"] : []))
  }

  /// Uploads `body` as `key`, with one PutObject.
  package func put(
    _ bucket: String, _ key: String, _ body: some Sequence<UInt8>, contentType: String? = nil,
    metadata: [String: String] = [:]
  ) throws {
    let directory = try TemporaryDirectory("put")
    try Data(body).write(to: URL(fileURLWithPath: directory.path("body")))
    try put(bucket, key, file: directory.path("body"), contentType: contentType, metadata: metadata)
  }

  /// Uploads the text `body` as `key`, with one PutObject.
  package func put(_ bucket: String, _ key: String, _ body: String) throws {
    try put(bucket, key, Array(body.utf8))
  }

  /// Uploads a file as `key`; multipart above 8 MiB.
  package func put(
    _ bucket: String, _ key: String, file: String, contentType: String? = nil, metadata: [String: String] = [:]
  ) throws {
    var arguments = ["put", bucket, key, file]
    if let contentType { arguments += ["--content-type", contentType] }
    for (name, value) in metadata { arguments += ["--metadata=\(name)=\(value)"] }
    try run(arguments)
  }

  /// Uploads `count` objects of `size` bytes each, in parallel: the prefix followed by six digits from 000000.
  package func putMany(_ bucket: String, prefix: String, count: Int, size: Int = 1) throws {
    try run(["put-many", bucket, prefix, "\(count)", "--size", "\(size)"])
  }

  /// The body of `key`.
  package func get(_ bucket: String, _ key: String) throws -> [UInt8] {
    let directory = try TemporaryDirectory("get")
    try get(bucket, key, toFile: directory.path("body"))
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.path("body"))))
  }

  /// Downloads `key` to a file.
  package func get(_ bucket: String, _ key: String, toFile file: String) throws {
    try run(["get", bucket, key, file])
  }

  /// The properties of `key`; nil if it does not exist. With `hashing`, the body is read for its SHA-256.
  package func head(_ bucket: String, _ key: String, hashing: Bool = false) throws -> Head? {
    try decode(Head?.self, ["head", bucket, key] + (hashing ? ["--sha256"] : []))
  }

  /// Every object whose key begins with `prefix`, in the server's order.
  package func list(_ bucket: String, prefix: String = "") throws -> [Entry] {
    try decode([Entry].self, ["list", bucket, prefix])
  }

  /// The multipart uploads that are open.
  package func uploads(_ bucket: String) throws -> [Upload] {
    try decode([Upload].self, ["uploads", bucket])
  }

  /// Deletes `keys`.
  package func delete(_ bucket: String, _ keys: String...) throws {
    try run(["delete", bucket] + keys)
  }

  /// Compares the local tree `directory` with the objects under `prefix`, by SHA-256; directories need no marker.
  ///
  /// - Returns: one line a difference, none if they agree.
  package func differences(_ directory: String, _ bucket: String, prefix: String = "") throws -> [String] {
    try decode([String].self, ["verify-tree", directory, bucket, prefix])
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
    try JSONDecoder().decode(type, from: run(arguments))
  }

  @discardableResult
  private func run(_ arguments: [String]) throws -> Data {
    Data(try IndependentTool.run(arguments, environment: environment).utf8)
  }
}
