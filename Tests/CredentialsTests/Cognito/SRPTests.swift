// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

@testable import Credentials

@Suite("SRP")
struct SRPTests {
  @Test("every number of a sign-in is what the other side computes", arguments: SRPVector.all)
  func vectors(vector: SRPVector) throws {
    let client = SRPClient(privateKey: bytes(vector.a))
    #expect(SHA256.hex(of: BigNumber(hexadecimal: client.publicKeyText)?.bytes ?? []) == vector.digestOfA)
    let challenge = SRPClient.Challenge(
      userID: vector.user, salt: vector.salt, serverKey: vector.B, secretBlock: vector.block)
    let agreement = try client.agreement(challenge, poolName: vector.pool, password: Secret(vector.password))
    #expect(agreement.scrambler.hexadecimal.drop { $0 == "0" } == vector.u)
    #expect(agreement.passwordExponent.hexadecimal.drop { $0 == "0" } == vector.x)
    #expect(SHA256.hex(of: agreement.shared.bytes) == vector.digestOfS)
    #expect(agreement.key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == vector.key)
    let signature = try client.signature(
      challenge, poolName: vector.pool, password: Secret(vector.password), timestamp: vector.timestamp)
    #expect(signature == vector.signature)
  }

  @Test("the group is that of RFC 5054, appendix A")
  func group() {
    let prime = """
      FFFFFFFF FFFFFFFF C90FDAA2 2168C234 C4C6628B 80DC1CD1 29024E08 8A67CC74 020BBEA6 3B139B22 514A0879 8E3404DD
      EF9519B3 CD3A431B 302B0A6D F25F1437 4FE1356D 6D51C245 E485B576 625E7EC6 F44C42E9 A637ED6B 0BFF5CB6 F406B7ED
      EE386BFB 5A899FA5 AE9F2411 7C4B1FE6 49286651 ECE45B3D C2007CB8 A163BF05 98DA4836 1C55D39A 69163FA8 FD24CF5F
      83655D23 DCA3AD96 1C62F356 208552BB 9ED52907 7096966D 670C354E 4ABC9804 F1746C08 CA18217C 32905E46 2E36CE3B
      E39E772C 180E8603 9B2783A2 EC07A28F B5C55DF0 6F4C52C9 DE2BCBF6 95581718 3995497C EA956AE5 15D22618 98FA0510
      15728E5A 8AAAC42D AD33170D 04507A33 A85521AB DF1CBA64 ECFB8504 58DBEF0A 8AEA7157 5D060C7D B3970F85 A6E1E4C7
      ABF5AE8C DB0933D7 1E8C94E0 4A25619D CEE3D226 1AD2EE6B F12FFA06 D98A0864 D8760273 3EC86A64 521F2B18 177B200C
      BBE11757 7A615D6C 770988C0 BAD946E2 08E24FA0 74E5AB31 43DB5BFC E0FD108E 4B82D120 A93AD2CA FFFFFFFF FFFFFFFF
      """.filter { !$0.isWhitespace }.lowercased()
    #expect(BigNumber.prime3072().hexadecimal == prime)
  }

  @Test("a server key that proves nothing is refused")
  func unsafeKeys() throws {
    let client = SRPClient(privateKey: Secret(randomCount: SRPClient.privateKeyLength))
    let prime = BigNumber.prime3072().hexadecimal
    // Twice the prime: the same digits, doubled.
    let double = "1" + prime.dropLast() + "e"
    var doubled = ""
    var carry = 0
    for digit in prime.reversed() {
      let value = (digit.hexDigitValue ?? 0) * 2 + carry
      doubled = String(value % 16, radix: 16) + doubled
      carry = value / 16
    }
    #expect(("1" + doubled).count == double.count)
    for key in ["0", "000", prime, "1" + doubled] {
      #expect(throws: SRPClient.Refusal.unsafeKey) { try sign(client, key: key) }
    }
    for key in ["", "xyz", "-1", "+1", "0x10", String(repeating: "f", count: 2_000)] {
      #expect(throws: SRPClient.Refusal.malformed) { try sign(client, key: key) }
    }
    #expect(throws: SRPClient.Refusal.malformed) { try sign(client, key: "1234", salt: "salt") }
    #expect(throws: SRPClient.Refusal.malformed) { try sign(client, key: "1234", block: "not base64!") }
    #expect(throws: Never.self) { try sign(client, key: "1234") }
  }

  private func sign(
    _ client: borrowing SRPClient, key: String, salt: String = "ab", block: String = "AAAA"
  ) throws -> String {
    try client.signature(
      SRPClient.Challenge(userID: "u", salt: salt, serverKey: key, secretBlock: block), poolName: "p",
      password: Secret("x"), timestamp: "t")
  }

  @Test("numbers are padded as if they had a sign")
  func padding() {
    let cases: [(text: String, bytes: [UInt8])] = [
      ("0", [0]), ("1", [1]), ("7f", [0x7f]), ("80", [0, 0x80]), ("0080", [0, 0x80]), ("00007f", [0x7f]),
      ("fff", [0x0f, 0xff]), ("ffff", [0, 0xff, 0xff]),
    ]
    for (text, bytes) in cases { #expect(BigNumber(hexadecimal: text)?.padded == bytes, "\(text)") }
  }

  @Test("the time is in English, the day without a leading zero")
  func timestamps() {
    let cases: [(seconds: Int64, text: String)] = [
      (0, "Thu Jan 1 00:00:00 UTC 1970"), (951_782_399, "Mon Feb 28 23:59:59 UTC 2000"),
      (951_868_799, "Tue Feb 29 23:59:59 UTC 2000"), (1_796_115_907, "Tue Dec 1 09:05:07 UTC 2026"),
      (1_798_761_599, "Thu Dec 31 23:59:59 UTC 2026"), (4_107_542_400, "Mon Mar 1 00:00:00 UTC 2100"),
    ]
    for (seconds, text) in cases { #expect(SRPTimestamp.text(seconds) == text) }
  }

  @Test("a secret shows nothing of itself")
  func hidden() {
    let secret = Secret("the-password")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("the-password")) }
  }

  private func bytes(_ hexadecimal: String) -> Secret {
    let number = BigNumber(hexadecimal: hexadecimal)?.bytes ?? []
    return Secret(capacity: number.count) { memory in
      memory.copyBytes(from: number)
      return number.count
    }
  }
}
