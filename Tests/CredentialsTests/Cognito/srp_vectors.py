#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints SRPVectors.swift: what a user pool and its client compute, from Python's integers and hashlib alone.

    srp_vectors.py > SRPVectors.swift

The server's side is RFC 5054 (v = g^x, B = k*v + g^b, S = (A * v^u)^b), so a client that disagrees with it is wrong; the
padding and the names are those of amplify-js (packages/auth/src/providers/cognito/utils/srp). Secrets come from SHA-256 of
a label and a counter; the counter goes up until the case is what its name says."""

import base64
import functools
import hashlib
import hmac

# RFC 5054, appendix A: the 3072-bit group; user pools use 2 as generator.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED5290770969"
    "66D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF69558"
    "17183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D06"
    "0C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B"
    "200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF", 16)
G = 2
BYTES = 384


def pad(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def digest(*parts):
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


K = digest(pad(N), pad(G))


def secret(label, counter, length):
    return b"".join(
        hashlib.sha256(f"{label} {counter} {block}".encode()).digest() for block in range(-(-length // 32)))[:length]


class Case:
    pool = "Ab3dEf9hI"
    user = "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f"
    password = "Correct-horse-9"
    timestamp = "Tue Dec 1 09:05:07 UTC 2026"

    def __init__(self, name, counter, salt=None, **words):
        self.__dict__.update(words, name=name)
        self.a = int.from_bytes(secret("a " + name, counter, 128), "big")
        self.b = int.from_bytes(secret("b " + name, counter, 128), "big")
        self.salt = salt or "%032x" % (int.from_bytes(secret("salt " + name, counter, 16), "big") | 1 << 120)
        self.block = secret("block " + name, counter, 96)
        inner = hashlib.sha256(f"{self.pool}{self.user}:{self.password}".encode()).digest()
        self.x = digest(pad(int(self.salt, 16)), inner)

    # Computed when somebody asks: a search looks at few of them.
    A = functools.cached_property(lambda self: pow(G, self.a, N))
    v = functools.cached_property(lambda self: pow(G, self.x, N))
    B = functools.cached_property(lambda self: (K * self.v + pow(G, self.b, N)) % N)
    u = functools.cached_property(lambda self: digest(pad(self.A), pad(self.B)))
    S = functools.cached_property(lambda self: pow(self.A * pow(self.v, self.u, N), self.b, N))

    @functools.cached_property
    def key(self):
        assert self.S == pow((self.B - K * self.v) % N, self.a + self.u * self.x, N)
        prk = hmac.new(pad(self.u), pad(self.S), hashlib.sha256).digest()
        return hmac.new(prk, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]

    @property
    def signature(self):
        message = (self.pool + self.user).encode() + self.block + self.timestamp.encode()
        return base64.b64encode(hmac.new(self.key, message, hashlib.sha256).digest()).decode()


def is_short(number, length=BYTES):
    return number.bit_length() <= 8 * (length - 1)


def has_top_bit(number, length=BYTES):
    return number.bit_length() == 8 * length


def search(name, condition, **words):
    counter = 0
    while not condition(case := Case(name, counter, **words)):
        counter += 1
    return case


CASES = [
    search("every number has its top bit", lambda c: has_top_bit(c.A) and has_top_bit(c.B) and has_top_bit(c.S)
           and has_top_bit(c.u, 32) and int(c.salt, 16) >> 127),
    search("no number has its top bit", lambda c: not (has_top_bit(c.A) or has_top_bit(c.B) or has_top_bit(c.S)
           or has_top_bit(c.u, 32) or int(c.salt, 16) >> 127)),
    search("A begins with a zero byte", lambda c: is_short(c.A)),
    search("B begins with a zero byte", lambda c: is_short(c.B)),
    search("S begins with a zero byte", lambda c: is_short(c.S)),
    search("u begins with a zero byte", lambda c: is_short(c.u, 32)),
    search("the salt begins with a zero byte", lambda c: True, salt="00c0ffee00c0ffee00c0ffee00c0ffee"),
    search("names and password beyond ASCII", lambda c: True, user="zoë", password="pässwörd 🗝 \"quoted\""),
]


def lines(text):
    return "".join(f"\n        {text[start:start + 96]}\\" for start in range(0, len(text), 96))[:-1]


def fingerprint(number):
    return hashlib.sha256(number.to_bytes((number.bit_length() + 7) // 8, "big")).hexdigest()


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


print("""// SPDX-License-Identifier: Apache-2.0
//
// Made by srp_vectors.py beside this file: the other side of the arithmetic, in Python. Not to be edited.

struct SRPVector: Sendable, CustomTestStringConvertible {
  let name: String
  let pool: String
  let user: String
  let password: String
  let a: String
  let salt: String
  let B: String
  let block: String
  let timestamp: String
  /// SHA-256 of the bytes, without leading zeros.
  let digestOfA: String
  let u: String
  let x: String
  let digestOfS: String
  let key: String
  let signature: String

  var testDescription: String { name }

  static let all: [SRPVector] = [""".replace("\n\nstruct", "\n\nimport Testing\n\nstruct"))
for case in CASES:
    block = base64.b64encode(case.block).decode()
    print(f"""    SRPVector(
      name: {literal(case.name)}, pool: {literal(case.pool)}, user: {literal(case.user)},
      password: {literal(case.password)},
      a: \"\"\"{lines("%0256x" % case.a)}
        \"\"\", salt: "{case.salt}",
      B: \"\"\"{lines("%x" % case.B)}
        \"\"\",
      block: \"\"\"{lines(block)}
        \"\"\", timestamp: "{case.timestamp}",
      digestOfA: "{fingerprint(case.A)}",
      u: "{case.u:x}",
      x: "{case.x:x}",
      digestOfS: "{fingerprint(case.S)}",
      key: "{case.key.hex()}", signature: "{case.signature}"),""")
print("""  ]
}""")
