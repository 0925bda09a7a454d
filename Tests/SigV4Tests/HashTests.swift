// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Testing

@testable import SigV4

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

  @Test func namesOfParametersLiveAsLongAsTheyAreRead() {
    HMACSHA256.withSHA256Parameters { parameters in
      // These take the place of texts that were freed.
      let blocks = stride(from: 16, through: 64, by: 8).flatMap { size in
        (0..<4).map { _ in
          let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
          block.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"), count: size)
          return block
        }
      }
      defer { blocks.forEach { $0.deallocate() } }
      #expect(String(cString: parameters[0].key) == "digest")
      #expect(parameters[0].data.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) } == "SHA256")
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
