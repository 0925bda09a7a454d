# SPDX-License-Identifier: Apache-2.0
"""The shortest list of operations that still fails in the same way, found by leaving out parts. Pure but for `failure`."""

import re


def kind(message):
    """What two failures have in common: the operation, and the attributes that differ."""
    operation = re.search(r'"op": "(\w+)"', message)
    return operation and operation.group(1), tuple(re.findall(r"': (\w+): local", message)[:1])


def shrink(operations, failure):
    """`failure` says what goes wrong with a list, None for nothing."""
    wanted = kind(failure(operations) or "")
    size = len(operations) // 2
    while size:
        start = len(operations) - size
        while start > -size:
            begin = max(start, 0)
            shorter = operations[:begin] + operations[begin + size:]
            if len(shorter) < len(operations) and kind(failure(shorter) or "") == wanted:
                operations = shorter
            start -= size
        size //= 2
    return operations
