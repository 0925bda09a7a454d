# SPDX-License-Identifier: Apache-2.0
"""Arguments and results in the form of a line of a log."""

import hashlib
import random


def content(operation):
    """The bytes of a write: noise that its seed makes, so that no two writes are the same."""
    return random.Random(operation["seed"]).randbytes(operation["length"])


def digest(data):
    return [len(data), hashlib.sha1(data).hexdigest()[:12]]


def times(operation):
    """For os.utime; without any it means now."""
    return {} if operation["ns"] is None else {"ns": (operation["ns"], operation["ns"])}
