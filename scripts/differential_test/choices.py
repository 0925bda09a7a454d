# SPDX-License-Identifier: Apache-2.0
"""What the generator chooses from."""

NAMES = (
    "dir", "x.txt", "with space", " leading", "trailing ", "dot.", "ünï", "日本語", "new\nline", "tab\t", "100%", "%2F", "a+b",
    "a:b", "~", "...", "..x", "é", "e\u0301", "*", "?&=", "back\\slash", "a'b\"", "-rf", "#", "\x01", "\x7f", ".hidden", "A",
    "l" * 255, "日" * 85,
)
LONGEST_PATH = 900
SLOTS = 5
USER = 4321
# Before and behind the time of any run; the last digits show what is lost.
TIMES = (0, 1, 999_999_999, 10**18, 1_234_567_890_123_456_789, 1_600_000_000_000_000_000, 4_000_000_000_000_000_001, None)
ATTRIBUTES = ("user.one", "user.two", "user.three-3", "user.4")

WEIGHTS = {
    "open": 26, "close": 16, "read": 4, "pread": 8, "write": 12, "pwrite": 12, "seek": 5, "seek_data": 3, "ftruncate": 6,
    "truncate": 4, "fallocate": 3, "punch": 3, "zero": 2, "fsync": 5, "fdatasync": 2, "flock": 4, "lockf": 3, "map_write": 5,
    "map_read": 2, "copy_range": 4, "sendfile": 3, "fchmod": 3, "fchown": 2, "futime": 3, "fstat": 6, "flist": 2, "same": 3,
    "dup": 2, "child_closes": 2, "stat": 6, "lstat": 4, "access": 2, "list": 4, "scan": 3, "mkdir": 9, "rmdir": 4, "unlink": 7,
    "rename": 14, "rename_keeping": 4, "exchange": 2, "link": 3, "symlink": 5, "readlink": 2, "fifo": 1, "chmod": 6, "chown": 3,
    "utime": 6, "setxattr": 6, "getxattr": 2, "removexattr": 2, "save": 5, "temporary": 1, "pause": 1, "together": 3,
    "picture": 2,
}
