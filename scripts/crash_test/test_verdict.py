# SPDX-License-Identifier: Apache-2.0
"""That the checker finds what is wrong and lets pass what is allowed."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from tree import Tree, content  # noqa: E402
from verdict import problems, replay  # noqa: E402

OPEN = {"op": "open", "fd": 1, "path": "a", "create": False, "exclusive": False, "truncate": False}
WRITE = {"op": "write", "fd": 1, "at": 2, "length": 6, "seed": 1}
DATA = content(WRITE)
OLD = b"0123456789"


def tree(**files):
    made = Tree(files, {"p"})
    if "a" in files:
        made.apply(OPEN)
    return made


class Verdicts(unittest.TestCase):
    def check(self, start, operation, found, fine, directories=("p",)):
        lines = problems(start, [operation] if operation else [], found, set(directories))
        self.assertEqual(not lines, fine, (operation, found, lines))

    def test_nothing_under_way(self):
        for found, fine in (({"a": OLD}, True), ({}, False), ({"a": OLD[:-1]}, False), ({"a": OLD, "b": b""}, False),
                            ({"a": bytes(10)}, False)):
            self.check(tree(a=OLD), None, found, fine)
        self.check(tree(a=OLD), None, {"a": OLD}, False, directories=())
        self.check(tree(a=OLD), None, {"a": OLD}, False, directories=("p", "s"))

    def test_write(self):
        def wrote(count):
            return OLD[:2] + DATA[:count] + OLD[2 + count:]

        for count in range(7):
            self.check(tree(a=OLD), WRITE, {"a": wrote(count)}, True)
        holey = bytearray(OLD)
        holey[5:8] = DATA[3:]
        for found in (bytes(holey), bytes(10), OLD[:9], OLD + b"x", b"", wrote(6)[:9]):
            self.check(tree(a=OLD), WRITE, {"a": found}, False)
        self.check(tree(a=OLD), WRITE, {}, False)
        self.check(tree(a=OLD, b=b"x"), WRITE, {"a": OLD, "b": b"y"}, False)

    def test_write_behind_the_end(self):
        for found, fine in ((b"0", True), (b"0\0" + DATA[:3], True), (b"0\0" + DATA, True), (b"0\0", False),
                            (b"0" + bytes(7), False)):
            self.check(tree(a=b"0"), WRITE, {"a": found}, fine)

    def test_truncate(self):
        shorter, longer = ({"op": "truncate", "fd": 1, "size": size} for size in (3, 12))
        for operation, found, fine in ((shorter, OLD, True), (shorter, OLD[:3], True), (shorter, OLD[:4], False),
                                       (shorter, b"", False), (longer, OLD + b"\0\0", True), (longer, OLD + b"\0", False)):
            self.check(tree(a=OLD), operation, {"a": found}, fine)

    def test_open(self):
        create = {**OPEN, "path": "n", "create": True}
        for found, fine in (({}, True), ({"n": b""}, True), ({"n": b"x"}, False)):
            self.check(tree(), create, found, fine)
        for found, fine in (({"a": OLD}, True), ({"a": b""}, True), ({"a": bytes(10)}, False), ({}, False)):
            self.check(tree(a=OLD), {**OPEN, "truncate": True}, found, fine)

    def test_rename(self):
        rename = {"op": "rename", "path": "a", "to": "b"}
        for found, fine in (({"a": OLD, "b": b"x"}, True), ({"b": OLD}, True), ({"a": OLD, "b": OLD}, True), ({}, False),
                            ({"b": b"x"}, False), ({"a": OLD}, False), ({"a": b"x", "b": OLD}, False)):
            self.check(tree(a=OLD, b=b"x"), rename, found, fine)
        # What the bucket had under the old name.
        changed = tree(a=OLD)
        changed.apply(WRITE, 6)
        new = bytes(changed.files["a"])
        self.check(changed, rename, {"a": OLD, "b": new}, True)
        self.check(changed, rename, {"a": OLD}, False)

    def test_removals(self):
        for found, fine in (({"a": OLD}, True), ({}, True), ({"a": b""}, False)):
            self.check(tree(a=OLD), {"op": "unlink", "path": "a"}, found, fine)
        for directories in ((), ("p",)):
            self.check(tree(), {"op": "rmdir", "path": "p"}, {}, True, directories)
        for directories in (("p",), ("p", "s")):
            self.check(tree(), {"op": "mkdir", "path": "s"}, {}, True, directories)

    def test_replay(self):
        events = [(WRITE, {"count": 4}), ({"op": "rename", "path": "a", "to": "b"}, {"count": None}),
                  ({"op": "write", "fd": 1, "at": 0, "length": 5, "seed": 2}, {"errno": "ENOSPC"}),
                  ({"op": "unlink", "path": "b"}, None)]
        start = tree(a=OLD)
        self.assertEqual(replay(start, events), [events[-1][0]])
        self.assertEqual(start.files, {"b": OLD[:2] + DATA[:4] + OLD[6:]})

    def test_a_short_write_may_have_gone_on(self):
        fsync = {"op": "fsync", "fd": 1}
        for found, fine in ((OLD[:2] + DATA[:4] + OLD[6:], True), (OLD[:2] + DATA[:5] + OLD[7:], True),
                            (OLD[:2] + DATA + OLD[8:], True), (OLD, False), (OLD[:2] + DATA[:3] + OLD[5:], False),
                            (OLD[:2] + DATA[:4] + bytes(4), False)):
            start = tree(a=OLD)
            under_way = replay(start, [(WRITE, {"count": 4}), (fsync, {"errno": "ENOTCONN"})])
            self.assertEqual(under_way, [fsync, WRITE])
            self.assertEqual(not problems(start, under_way, {"a": found}, {"p"}), fine, found)
        # Behind a whole one nothing more comes.
        start = tree(a=OLD)
        self.assertEqual(replay(start, [(WRITE, {"count": 6}), (fsync, {"errno": "ENOTCONN"})]), [fsync])


if __name__ == "__main__":
    unittest.main()
