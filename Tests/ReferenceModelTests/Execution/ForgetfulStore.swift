// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport

/// A store in memory that answers "done" to every change of the object `a` and does nothing.
final class ForgetfulStore: ModelStore {
  private let store = MemoryModelStore()
  let transport: any HTTPTransport
  var partSize: Int64 { store.partSize }
  let isFast = true

  init() {
    let intercepting = InterceptingTransport(store.transport)
    intercepting.set { (request, next) async throws(TransportError) in
      guard request.method == .put, request.url.hasSuffix("/a") else { return try await next.perform(request) }
      return HTTPResponse(status: 200, headers: HTTPHeaders([("ETag", "\"lost\"")]))
    }
    transport = intercepting
  }

  func makeClient(_ transport: any HTTPTransport) throws -> S3Client { try store.makeClient(transport) }
  func put(_ key: String, _ bytes: [UInt8]) { store.put(key, bytes) }
  func delete(_ key: String) { store.delete(key) }
  func contents() -> [String: [UInt8]] { store.contents() }
  func uploads() -> Set<String> { store.uploads() }
}
