// SPDX-License-Identifier: Apache-2.0
//
// The signing key of a day, kept. Deriving it takes four HMACs, longer than the rest of a signature, and it stays the same
// until midnight UTC or until the credentials change.
//
// State: the last key with what it was derived from, and the two libcrypto contexts that signatures reuse, behind one
// lock. Any thread may sign; the lock is held for the half microsecond that the hashes take. Nothing can go wrong.

import Locking

/// Computes signatures for one service in one region.
final class SigningKeyCache: Sendable {
  private final class DayKey {
    let secret: String
    let day: Int64
    private var hash = SHA256()
    private var key: HMACSHA256

    init(secret: String, time: SigningTime, region: String, service: String) {
      self.secret = secret
      day = time.day
      var step = HMACSHA256(key: Array("AWS4\(secret)".utf8))
      for part in [time.date, region, service, "aws4_request"] {
        let next = Array(part.utf8).withUnsafeBytes { step.code(of: $0) }
        step = HMACSHA256(key: next.span.withUnsafeBufferPointer { Array($0) })
      }
      key = step
    }

    /// Completes the string to sign with the hash of the canonical request, and appends the signature to `result`.
    func sign(_ canonicalRequest: UnsafeRawBufferPointer, _ stringToSign: inout ByteText, _ result: inout ByteText) {
      hash.update(canonicalRequest)
      stringToSign.append(hex: hash.finish())
      result.append(hex: key.code(of: stringToSign.bytes))
    }
  }

  private let service: String
  private let region: String
  /// `/us-east-1/s3/aws4_request`.
  private let scopeSuffix: String
  private let current: Lock<DayKey?>

  init(service: String, region: String) {
    self.service = service
    self.region = region
    scopeSuffix = "/\(region)/\(service)/aws4_request"
    current = Lock(nil)
  }

  /// Appends the signature, 64 hexadecimal digits, to `result`.
  func appendSignature(
    of canonicalRequest: borrowing ByteText, secret: String, time: SigningTime, to result: inout ByteText
  ) {
    var stringToSign = ByteText(capacity: 192)
    stringToSign.append("AWS4-HMAC-SHA256\n")
    stringToSign.append(time.timestamp)
    stringToSign.append(UInt8(ascii: "\n"))
    appendScope(time, to: &stringToSign)
    stringToSign.append(UInt8(ascii: "\n"))
    let canonicalRequest = canonicalRequest.bytes
    current.withLock { current in
      let key: DayKey
      if let known = current, known.day == time.day, known.secret == secret {
        key = known
      } else {
        key = DayKey(secret: secret, time: time, region: region, service: service)
        current = key
      }
      key.sign(canonicalRequest, &stringToSign, &result)
    }
  }

  /// Appends the credential scope, `20130524/us-east-1/s3/aws4_request`.
  func appendScope(_ time: SigningTime, to result: inout ByteText) {
    result.append(time.date)
    result.append(scopeSuffix)
  }
}
