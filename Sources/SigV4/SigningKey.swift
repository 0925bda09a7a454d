// SPDX-License-Identifier: Apache-2.0
//
// The signing key of a day, kept. Deriving it takes four HMACs, twice as long as the rest of a signature, and it stays the
// same until midnight UTC or until the credentials change.
//
// State: the last key with what it was derived from, and the two libcrypto contexts that signatures reuse, behind one
// lock. Any thread may sign; the lock is held for the half microsecond that a signature takes. Nothing can go wrong.

import Locking

/// Computes signatures for one service in one region.
final class SigningKeyCache: Sendable {
  private final class DayKey {
    let secret: String
    let day: Int64
    private var hash = SHA256()
    private var key: HMACSHA256

    init(secret: String, day: Int64, date: String, region: String, service: String) {
      self.secret = secret
      self.day = day
      var step = HMACSHA256(key: Array("AWS4\(secret)".utf8))
      for part in [date, region, service, "aws4_request"] {
        step = HMACSHA256(key: step.code(of: Array(part.utf8)).bytes)
      }
      key = step
    }

    /// Completes the string to sign with the hash of the canonical request, and appends the signature to `result`.
    func sign(_ canonicalRequest: [UInt8], _ stringToSign: inout [UInt8], _ result: inout [UInt8]) {
      canonicalRequest.withUnsafeBytes { hash.update($0) }
      stringToSign.appendHex(hash.finish())
      result.appendHex(key.code(of: stringToSign))
    }
  }

  private let service: String
  private let region: String
  private let current: Lock<DayKey?>

  init(service: String, region: String) {
    self.service = service
    self.region = region
    current = Lock(nil)
  }

  /// Appends the signature, 64 hexadecimal digits, to `result`.
  ///
  /// - Parameters:
  ///   - time: seconds since 1970, the same as `timestamp` (`20130524T000000Z`).
  func appendSignature(
    of canonicalRequest: [UInt8], secret: String, time: Int64, timestamp: String, to result: inout [UInt8]
  ) {
    var stringToSign: [UInt8] = []
    stringToSign.reserveCapacity(192)
    stringToSign.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
    stringToSign.append(contentsOf: timestamp.utf8)
    stringToSign.append(UInt8(ascii: "\n"))
    appendScope(timestamp: timestamp, to: &stringToSign)
    stringToSign.append(UInt8(ascii: "\n"))
    let day = CivilTime.day(of: time)
    current.withLock { current in
      let key: DayKey
      if let known = current, known.day == day, known.secret == secret {
        key = known
      } else {
        key = DayKey(
          secret: secret, day: day, date: String(timestamp.prefix(8)), region: region, service: service)
        current = key
      }
      key.sign(canonicalRequest, &stringToSign, &result)
    }
  }

  /// Appends the credential scope, `20130524/us-east-1/s3/aws4_request`.
  func appendScope(timestamp: String, to result: inout [UInt8]) {
    result.append(contentsOf: timestamp.utf8.prefix(8))
    result.append(UInt8(ascii: "/"))
    result.append(contentsOf: region.utf8)
    result.append(UInt8(ascii: "/"))
    result.append(contentsOf: service.utf8)
    result.append(contentsOf: "/aws4_request".utf8)
  }
}
