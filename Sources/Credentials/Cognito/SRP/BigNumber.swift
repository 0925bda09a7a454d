// SPDX-License-Identifier: Apache-2.0
//
// Whole numbers of some thousand bits, for SRP.
//
// For: the secrets of a sign-in. State: one BIGNUM of libcrypto with one owner, overwritten before it is freed. One thread at a
// time. What can go wrong: only memory can run out, where going on would send a wrong proof.

import COpenSSL
import Glibc

struct BigNumber: ~Copyable {
  fileprivate let number: OpaquePointer

  /// Zero.
  init() { number = Memory.required(BN_new()) }

  deinit { BN_clear_free(number) }

  /// - Parameter bytes: the most significant first.
  init(_ bytes: [UInt8]) {
    self.init()
    _ = Memory.required(BN_bin2bn(bytes, Int32(bytes.count), number))
  }

  /// The secret is read where it is, not copied.
  init(_ secret: Secret) {
    self.init()
    let number = number
    secret.withBytes { bytes in
      let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      _ = Memory.required(BN_bin2bn(start, Int32(bytes.count), number))
    }
  }

  init(_ word: UInt) {
    self.init()
    Memory.check(BN_set_word(number, word))
  }

  /// The prime of the 3072-bit group of RFC 5054, which is that of RFC 3526.
  static func prime3072() -> BigNumber { BigNumber(owning: Memory.required(BN_get_rfc3526_prime_3072(nil))) }

  private init(owning number: OpaquePointer) { self.number = number }

  /// nil unless the text is hexadecimal digits, at least one and at most `limit`.
  init?(hexadecimal text: String, limit: Int = 1_024) {
    guard !text.isEmpty, text.utf8.count <= limit, text.utf8.allSatisfy({ isxdigit(Int32($0)) != 0 }) else {
      return nil
    }
    var bytes: [UInt8] = []
    var digits = text.utf8.count % 2 == 0 ? text[...] : ("0" + text)[...]
    while !digits.isEmpty {
      guard let byte = UInt8(digits.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      digits = digits.dropFirst(2)
    }
    self.init(bytes)
  }

  var isZero: Bool { BN_is_zero(number) == 1 }

  /// The most significant first, without leading zeros.
  var bytes: [UInt8] {
    let length = (Int(BN_num_bits(number)) + 7) / 8
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = Int(BN_bn2bin(number, buffer.baseAddress))
    }
  }

  /// As user pools hash numbers: with a zero byte in front when the first bit is set, as if there were a sign; zero is one
  /// byte.
  var padded: [UInt8] {
    let bytes = bytes
    return (bytes.first ?? 0x80) & 0x80 == 0 ? bytes : [0] + bytes
  }

  /// Lowercase, without leading zeros beyond a whole byte.
  var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Arithmetic modulo an odd prime.
struct ModularArithmetic: ~Copyable {
  let modulus: BigNumber
  private let scratch: OpaquePointer

  init(_ modulus: consuming BigNumber) {
    self.modulus = modulus
    scratch = Memory.required(BN_CTX_new())
  }

  deinit { BN_CTX_free(scratch) }

  /// `base` to the power of `exponent`, in a time that tells nothing of the exponent but its length.
  func power(_ base: borrowing BigNumber, _ exponent: borrowing BigNumber) -> BigNumber {
    let result = BigNumber()
    Memory.check(
      BN_mod_exp_mont_consttime(result.number, base.number, exponent.number, modulus.number, scratch, nil))
    return result
  }

  func product(_ left: borrowing BigNumber, _ right: borrowing BigNumber) -> BigNumber {
    let result = BigNumber()
    Memory.check(BN_mod_mul(result.number, left.number, right.number, modulus.number, scratch))
    return result
  }

  func difference(_ left: borrowing BigNumber, _ right: borrowing BigNumber) -> BigNumber {
    let result = BigNumber()
    Memory.check(BN_mod_sub(result.number, left.number, right.number, modulus.number, scratch))
    return result
  }

  /// Whether the number is a multiple of the modulus.
  func isZero(_ number: borrowing BigNumber) -> Bool {
    let result = BigNumber()
    Memory.check(BN_nnmod(result.number, number.number, modulus.number, scratch))
    return result.isZero
  }

  /// `first + left * right`, not reduced.
  func sum(_ first: borrowing BigNumber, product left: borrowing BigNumber, _ right: borrowing BigNumber) -> BigNumber {
    let result = BigNumber()
    Memory.check(BN_mul(result.number, left.number, right.number, scratch))
    Memory.check(BN_add(result.number, result.number, first.number))
    return result
  }
}

private enum Memory {
  static func required(_ pointer: OpaquePointer?) -> OpaquePointer {
    guard let pointer else { preconditionFailure("out of memory") }
    return pointer
  }

  static func check(_ result: Int32) { precondition(result == 1, "libcrypto failed") }
}
