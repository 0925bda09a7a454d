# SPDX-License-Identifier: Apache-2.0
"""That the comparison finds what differs, lets pass what is allowed, and that a failure becomes short."""

import errno
import os
import random
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cell import ACTORS, Cell, Difference  # noqa: E402
from deviations import differences  # noqa: E402
from generator import Generator  # noqa: E402
from shrink import shrink  # noqa: E402
from side import Side  # noqa: E402

FILE = {"kind": "file", "mode": "0644", "uid": 0, "gid": 0, "links": 1, "size": 3, "mtime": 5, "ctime": "now", "content": "x of 3",
        "extended": {}}
FOLDER = {"kind": "directory", "mode": "0755", "uid": 0, "gid": 0, "links": 4, "size": None, "mtime": 5, "ctime": "now",
          "extended": {}}


class Comparisons(unittest.TestCase):
    def check(self, op, local, mount, fine):
        self.assertEqual(not differences({"op": op}, local, mount), fine, (op, local, mount))

    def test_results(self):
        self.check("write", {"value": 3}, {"value": 3}, True)
        self.check("write", {"value": 3}, {"value": 2}, False)
        self.check("open", {"errno": "ENOENT"}, {"errno": "ENOENT"}, True)
        self.check("open", {"errno": "ENOENT"}, {"errno": "EIO"}, False)
        self.check("open", {"errno": "ENOENT"}, {"value": None}, False)
        self.check("stat", {"value": FILE}, {"errno": "ENOENT"}, False)

    def test_attributes(self):
        for name, value, fine in (("mode", "0600", False), ("uid", 1, False), ("links", 2, False), ("size", 4, False),
                                  ("mtime", 6, False), ("mtime", "now", False), ("ctime", 7, False), ("kind", "link", False)):
            self.check("stat", {"value": FILE}, {"value": {**FILE, name: value}}, fine)
        self.check("stat", {"value": FOLDER}, {"value": {**FOLDER, "links": 1}}, True)
        self.check("stat", {"value": FOLDER}, {"value": {**FOLDER, "mode": "0700"}}, False)

    def test_pictures(self):
        tree = {".": FOLDER, "a": FILE}
        self.check("picture", {"value": tree}, {"value": dict(tree)}, True)
        self.check("picture", {"value": tree}, {"value": {".": FOLDER}}, False)
        self.check("picture", {"value": tree}, {"value": {**tree, "b": FILE}}, False)
        for name, value in (("content", "y of 3"), ("extended", {"user.one": "1"}), ("mtime", "now")):
            self.check("picture", {"value": tree}, {"value": {**tree, "a": {**FILE, name: value}}}, False)

    def test_shrinking(self):
        def failure(operations):
            return '"op": "b"' if {"a", "b"} <= set(operations) else '"op": "c"' if "c" in operations else None
        self.assertEqual(shrink(list("xxaxxcxbxx"), failure), ["a", "b"])


class Forgetful(Side):
    """A file system that loses the last byte of every third write."""
    writes = 0

    def do_write(self, operation):
        Forgetful.writes += 1
        count = super().do_write(operation)
        if Forgetful.writes % 3 == 0 and count:
            os.ftruncate(self.slot(operation), max(os.fstat(self.slot(operation)).st_size - 1, 0))
        return count


class Disks(unittest.TestCase):
    """Two directories of the local disk."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="pail-comparison-")
        self.roots = [os.path.join(self.directory.name, name) for name in ("one", "two")]
        os.chmod(self.directory.name, 0o755)
        for root in self.roots:
            os.mkdir(root)

    def tearDown(self):
        self.directory.cleanup()

    def test_same(self):
        """The test itself does the same twice: it finds nothing between two directories, and a seed gives the same again."""
        cell = Cell(*self.roots, time.time_ns())
        generator = Generator(random.Random(1), self.roots[0], "s", {"pause"})
        try:
            cell.perform({"op": "mkdir", "path": "s", "mode": 0o777})
            for _ in range(400):
                operation = generator.next(ACTORS)
                generator.learn(operation, cell.perform(operation))
            cell.close_all()
            cell.perform({"op": "picture", "path": "s"})
        finally:
            cell.end()

    def test_loss(self):
        """A file system that loses a byte is found out."""
        sides = [Side(self.roots[0], 0), Forgetful(self.roots[1], 0)]
        generator = Generator(random.Random(1), self.roots[0], "s", {"pause", "together"})
        for side in sides:
            side.perform({"op": "mkdir", "path": "s", "mode": 0o777})
        for _ in range(1_000):
            operation = generator.next(1)
            local, other = (side.perform(operation) for side in sides)
            if differences(operation, local, other):
                return
            generator.learn(operation, local)
        self.fail("nothing was found")

    def test_errors(self):
        with self.assertRaises(Difference):
            cell = Cell(self.roots[0], self.roots[1] + "/missing", time.time_ns())
            try:
                cell.perform({"op": "mkdir", "path": "s", "mode": 0o777})
            finally:
                cell.end()
        self.assertEqual(Side(self.roots[0], 0).perform({"op": "list", "path": "no"}), {"errno": errno.errorcode[errno.ENOENT]})


if __name__ == "__main__":
    unittest.main()
