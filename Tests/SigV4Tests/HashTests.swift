// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

@Suite struct HashTests {
  /// FIPS 180-4 example values and the empty text; the last is `head -c 1000000 /dev/zero | tr '\0' a | sha256sum`.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]) func sha256(text: String, expected: String) {
    let bytes = Array(text.utf8)
    #expect(SHA256.hex(of: bytes) == expected)
    var hash = SHA256()
    for _ in 0..<2 {
      for start in stride(from: 0, to: bytes.count, by: 77_777) {
        bytes.withUnsafeBytes {
          hash.update(UnsafeRawBufferPointer(rebasing: $0[start..<min(start + 77_777, $0.count)]))
        }
      }
      let hex = hash.finishHex()
      #expect(hex == expected)
    }
  }

  /// RFC 1321 A.5, through `xxd -r -p | base64`.
  @Test(arguments: [
    ("", "1B2M2Y8AsgTpgAmY7PhCfg=="), ("abc", "kAFQmDzST7DWlj99KOF/cg=="),
    ("message digest", "+WtpfXy3k41SWi8xqvFh0A=="),
  ]) func md5(text: String, expected: String) { #expect(MD5.base64(of: Array(text.utf8)) == expected) }

  /// RFC 4231, case 2. libcrypto must not see names that were freed meanwhile and given to another thread.
  @Test func manyThreadsMakeKeysWhileOthersAllocate() async {
    await withTaskGroup(of: Int.self) { group in
      for worker in 0..<8 {
        group.addTask {
          var wrong = 0
          for round in 0..<20_000 {
            var hmac = HMACSHA256(key: Array("Jefe".utf8))
            let code = Array("what do ya want for nothing?".utf8).withUnsafeBytes { hmac.code(of: $0) }
            let noise = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1 + (round + worker) % 48)
            wrong += code[0] == 0x5b && code[31] == 0x43 && noise.count < 49 ? 0 : 1
          }
          return wrong
        }
      }
      for await wrong in group { #expect(wrong == 0) }
    }
  }

  @Test func payloadLiterals() {
    #expect(PayloadHash.unsigned.headerValue == "UNSIGNED-PAYLOAD")
    #expect(PayloadHash.of([]) == .empty)
    #expect(
      PayloadHash.of(Array("hello".utf8)).headerValue
        == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
  }
}
