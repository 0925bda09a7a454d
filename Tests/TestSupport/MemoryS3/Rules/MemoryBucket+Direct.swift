// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension MemoryBucket {
  /// Puts an object without a request.
  package mutating func put(_ key: MemoryKey, _ body: [UInt8], _ properties: MemoryProperties) -> MemoryObject {
    time += 1
    let object = MemoryObject(
      body: body, properties: properties, etag: nextETag(), lastModified: now, checksum: nil)
    set(key, to: object)
    return object
  }

  /// What a server says that has failed.
  static func internalError(_ request: MemoryRequest) -> MemoryAnswer {
    failed(MemoryFailure(500, "InternalError", "We encountered an internal error. Please try again."), request)
  }

  /// What a server says that has too much to do.
  static func slowDown(_ request: MemoryRequest) -> MemoryAnswer {
    failed(MemoryFailure(503, "SlowDown", "Please reduce your request rate."), request)
  }

  private static func failed(_ failure: MemoryFailure, _ request: MemoryRequest) -> MemoryAnswer {
    var answer = MemoryAnswer(failure.status)
    answer.headers.append("Content-Type", "application/xml")
    answer.headers.append("x-amz-request-id", "FAULT")
    if request.method != .head { answer.body = .document(failure.document(request, id: "FAULT")) }
    return answer
  }
}
