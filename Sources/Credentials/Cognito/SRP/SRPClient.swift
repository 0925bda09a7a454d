// SPDX-License-Identifier: Apache-2.0
//
// The client's half of SRP as Cognito user pools speak it: proves that one knows a password without sending it.
//
// RFC 5054 with SHA-256, the 3072-bit group and 2 as generator; what is hashed and how numbers are padded is Cognito's own
// (amplify-js, packages/auth/src/providers/cognito/utils/srp). Pure: the random number and the time come from outside. State:
// one pair of keys, for one sign-in, overwritten afterwards.

import SigV4

struct SRPClient: ~Copyable {
  /// What a user pool sends for the proof (challenge `PASSWORD_VERIFIER`).
  struct Challenge: Sendable, Equatable {
    /// The name that counts in the proof; not always the one that the user typed.
    var userID: String
    /// Hexadecimal.
    var salt: String
    /// Hexadecimal.
    var serverKey: String
    /// Base64.
    var secretBlock: String
  }

  /// The challenge is none that an honest user pool sends.
  enum Refusal: Error {
    case malformed
    /// A key with which anybody could have made up the rest.
    case unsafeKey
  }

  /// What both sides agree on if they know the same password.
  struct Agreement: ~Copyable {
    let scrambler: BigNumber
    let passwordExponent: BigNumber
    let shared: BigNumber
    let key: [UInt8]
  }

  static let privateKeyLength = 128

  private let group: ModularArithmetic
  private let generator = BigNumber(2)
  private let privateKey: BigNumber
  private let publicKey: BigNumber

  /// - Parameter privateKey: ``privateKeyLength`` unpredictable bytes.
  init(privateKey: Secret) {
    group = ModularArithmetic(.prime3072())
    self.privateKey = BigNumber(privateKey)
    publicKey = group.power(generator, self.privateKey)
    // A power of the generator is no multiple of the prime; only broken arithmetic makes one.
    precondition(!group.isZero(publicKey), "the public key is 0")
  }

  /// `SRP_A`.
  var publicKeyText: String { publicKey.hexadecimal }

  /// The proof that goes into `PASSWORD_CLAIM_SIGNATURE`, in base64.
  ///
  /// - Parameters:
  ///   - poolName: what follows the `_` of the user pool's id.
  ///   - timestamp: see ``SRPTimestamp``.
  /// - Throws: ``Refusal``.
  func signature(
    _ challenge: Challenge, poolName: String, password: Secret, timestamp: String
  ) throws(Refusal) -> String {
    guard let block = Base64.decode(challenge.secretBlock) else { throw .malformed }
    let agreement = try agreement(challenge, poolName: poolName, password: password)
    let message = Array((poolName + challenge.userID).utf8) + block + Array(timestamp.utf8)
    return Base64.encode(SRPHash.code(key: agreement.key, message))
  }

  func agreement(_ challenge: Challenge, poolName: String, password: Secret) throws(Refusal) -> Agreement {
    guard let serverKey = BigNumber(hexadecimal: challenge.serverKey),
      let salt = BigNumber(hexadecimal: challenge.salt)
    else { throw .malformed }
    guard !group.isZero(serverKey) else { throw .unsafeKey }
    let scrambler = BigNumber(SRPHash.digest(publicKey.padded, serverKey.padded))
    guard !scrambler.isZero else { throw .unsafeKey }
    let inner = SRPHash.digest(Array("\(poolName)\(challenge.userID):".utf8), secret: password)
    let exponent = BigNumber(SRPHash.digest(salt.padded, inner))
    let multiplier = BigNumber(SRPHash.digest(group.modulus.padded, generator.padded))
    // (B - k * g^x) ^ (a + u * x)
    let base = group.difference(serverKey, group.product(multiplier, group.power(generator, exponent)))
    let shared = group.power(base, group.sum(privateKey, product: scrambler, exponent))
    let extracted = SRPHash.code(key: scrambler.padded, shared.padded)
    let key = Array(SRPHash.code(key: extracted, Array("Caldera Derived Key\u{1}".utf8)).prefix(16))
    return Agreement(scrambler: scrambler, passwordExponent: exponent, shared: shared, key: key)
  }
}
