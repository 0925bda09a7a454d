# SPDX-License-Identifier: Apache-2.0
"""A program that changes files of a mount and logs, outside of it, what was acknowledged.

    writer.py PLACE LOG START SEED COUNT ALARM FILLS

PLACE is its own directory in the mount, START a file with the tree that is there (JSON: sizes by path, directories), COUNT how many
operations it does at most, ALARM the number of the operation at whose start it prints a line, so that somebody can pull the
plug, FILLS 1 to fill the disk. SEED `scenario` does the fixed operations of scenario.py. The log has two lines an operation, written before and after it. A line reaches the log before the
operation begins and lives on when this process is killed. It ends at the first operation that fails, but for a full disk.
"""

import errno
import json
import os
import random
import sys

sys.dont_write_bytecode = True

from plan import Plan  # noqa: E402
from scenario import Scenario  # noqa: E402
from tree import Tree, content  # noqa: E402


class Writer:
    def __init__(self, place, log):
        self.place = place
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.descriptors = {}

    def note(self, value):
        os.write(self.log, (json.dumps(value) + "\n").encode())

    def perform(self, operation):
        """The result of one system call."""
        try:
            return {"count": getattr(self, operation["op"])(operation)}
        except OSError as error:
            return {"errno": errno.errorcode.get(error.errno, str(error.errno))}

    def path(self, name):
        return os.path.join(self.place, name)

    def open(self, operation):
        flags = os.O_RDWR
        for name, flag in (("create", os.O_CREAT), ("exclusive", os.O_EXCL), ("truncate", os.O_TRUNC)):
            flags |= flag if operation[name] else 0
        self.descriptors[operation["fd"]] = os.open(self.path(operation["path"]), flags, 0o644)

    def write(self, operation):
        return os.pwrite(self.descriptors[operation["fd"]], content(operation), operation["at"])

    def truncate(self, operation):
        os.ftruncate(self.descriptors[operation["fd"]], operation["size"])

    def fsync(self, operation):
        os.fsync(self.descriptors[operation["fd"]])

    def close(self, operation):
        os.close(self.descriptors.pop(operation["fd"]))

    def rename(self, operation):
        os.rename(self.path(operation["path"]), self.path(operation["to"]))

    def unlink(self, operation):
        os.unlink(self.path(operation["path"]))

    def mkdir(self, operation):
        os.mkdir(self.path(operation["path"]))

    def rmdir(self, operation):
        os.rmdir(self.path(operation["path"]))


def main():
    place, log, start, seed, count, alarm, fills = sys.argv[1:]
    with open(start, encoding="utf-8") as file:
        begin = json.load(file)
    # Only sizes matter here.
    tree = Tree({path: bytes(size) for path, size in begin["files"].items()}, begin["directories"])
    writer = Writer(place, log)
    if seed == "scenario":
        operations = Scenario(tree).operations()
    else:
        operations = Plan(random.Random(int(seed)), tree, fills=fills == "1").operations()
    operation = next(operations)
    for number in range(int(count)):
        writer.note(operation)
        if number == int(alarm):
            print("now", flush=True)
        result = writer.perform(operation)
        writer.note(result)
        if "errno" not in result or result["errno"] == "ENOSPC":
            if "errno" not in result or operation["op"] == "close":
                tree.apply(operation, result.get("count"))
            try:
                operation = operations.send(result)
            except StopIteration:
                return
        else:
            return
    # What is still open is closed by the kernel now.


if __name__ == "__main__":
    main()
