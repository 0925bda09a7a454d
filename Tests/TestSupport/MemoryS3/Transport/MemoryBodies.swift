// SPDX-License-Identifier: Apache-2.0
//
// Takes the body of a request from where it is, and puts that of an answer where it is wanted, as `HTTPTransport` promises.
//
// Pure but for the files it reads and writes. Any thread. What can go wrong: TransportError, as of CurlTransport.

import Glibc
import HTTPTransport

enum MemoryBodies {
  /// Bytes that a receiver gets at a time, as from a network.
  private static let piece = 64 << 10

  static func read(_ body: RequestBody) throws(TransportError) -> [UInt8] {
    switch body {
    case .empty: return []
    case .bytes(let bytes): return bytes
    case .file(let region):
      var isComplete = false
      let bytes = [UInt8](unsafeUninitializedCapacity: Int(region.length)) { buffer, count in
        count = transfer(Int(region.length)) {
          pread(region.file.rawValue, buffer.baseAddress! + $0, $1, offset(region, $0))
        }
        isComplete = count == Int(region.length)
      }
      guard isComplete else { throw TransportError(.localFile, "the file to send is shorter than announced") }
      return bytes
    }
  }

  static func deliver(_ answer: MemoryAnswer, to request: HTTPRequest) throws(TransportError) -> HTTPResponse {
    var response = HTTPResponse(status: answer.status, headers: answer.headers)
    let bytes: [UInt8]
    let range: Range<Int>
    switch answer.body {
    case .empty, .length: return response
    case .document(let document): (bytes, range) = (document, 0..<document.count)
    case .object(let body, let part): (bytes, range) = (body, part)
    }
    guard !range.isEmpty else { return response }
    response.bodyLength = Int64(range.count)
    let isSuccess = (200..<300).contains(answer.status)
    if case .collect(let limit) = request.destination, isSuccess, range.count > limit { throw tooLarge(range.count) }
    switch request.destination {
    case .collect: response.body = range.count == bytes.count ? bytes : Array(bytes[range])
    case _ where !isSuccess: response.body = bytes
    case .memory(let region):
      guard range.count <= region.bytes.count else { throw tooLarge(range.count) }
      bytes.withUnsafeBytes { region.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
    case .file(let region): try write(bytes, range, to: region)
    case .receiver(let receiver): try hand(bytes, range, to: receiver)
    }
    if isSuccess { request.onBodyReceived?(Int64(range.count)) }
    return response
  }

  private static func write(_ bytes: [UInt8], _ range: Range<Int>, to region: FileRegion) throws(TransportError) {
    guard range.count <= region.length else { throw tooLarge(range.count) }
    let written = bytes.withUnsafeBytes { bytes in
      transfer(range.count) {
        pwrite(region.file.rawValue, bytes.baseAddress! + range.lowerBound + $0, $1, offset(region, $0))
      }
    }
    guard written == range.count else { throw TransportError(.localFile, "the answer could not be written") }
  }

  private static func hand(_ bytes: [UInt8], _ range: Range<Int>, to receiver: any BodyReceiver) throws(TransportError)
  {
    guard range.count <= receiver.limit else { throw tooLarge(range.count) }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
      let isTaken = bytes.withUnsafeBytes {
        let part = UnsafeRawBufferPointer(rebasing: $0[start..<min(start + piece, range.upperBound)])
        return receiver.receive(part, at: Int64(start - range.lowerBound))
      }
      if !isTaken { throw TransportError(.localFile, "the answer was refused", bytesTransferred: Int64(start)) }
    }
  }

  /// Calls pread(2) or pwrite(2) with what is done and what is left, until nothing is left or nothing moves.
  private static func transfer(_ count: Int, _ call: (Int, Int) -> Int) -> Int {
    var done = 0
    while done < count {
      let moved = call(done, count - done)
      if moved > 0 {
        done += moved
      } else if moved == 0 || errno != EINTR {
        break
      }
    }
    return done
  }

  private static func offset(_ region: FileRegion, _ done: Int) -> off_t { off_t(region.offset) + off_t(done) }

  private static func tooLarge(_ count: Int) -> TransportError {
    TransportError(
      .tooLarge, "the answer has \(count) bytes, more than there is room for", bytesTransferred: Int64(count))
  }
}
