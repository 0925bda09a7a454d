# SPDX-License-Identifier: Apache-2.0
"""The one-time codes of an authenticator app (RFC 6238: SHA-1, 30 s, six digits)."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret, now=None):
    """The code of the base32 `secret` at `now`, seconds since 1970."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", int(time.time() if now is None else now) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
