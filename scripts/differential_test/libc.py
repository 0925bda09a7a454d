# SPDX-License-Identifier: Apache-2.0
"""System calls that Python has no function for."""

import ctypes
import os

RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2
KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16
AT_FDCWD = -100

_libc = ctypes.CDLL(None, use_errno=True)
_libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
_libc.renameat2.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]


def _check(result):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def fallocate(descriptor, mode, offset, length):
    _check(_libc.fallocate(descriptor, mode, offset, length))


def renameat2(path, to, flags, directory=None):
    _check(_libc.renameat2(
        AT_FDCWD if directory is None else directory, os.fsencode(path), AT_FDCWD, os.fsencode(to), flags))
