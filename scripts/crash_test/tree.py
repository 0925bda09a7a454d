# SPDX-License-Identifier: Apache-2.0
"""What a tree of files must look like after operations whose results are known. Pure.

For: the writer, which chooses what is possible, and the checker, which replays the writer's log. State: files by path, directories,
descriptors that are open. A file is an object of its own, so that a descriptor follows its file through a rename and
outlives its name. An operation is a dictionary, so that a log line is one:

    {"op": "open", "fd": 3, "path": "p/a", "create": true, "exclusive": false, "truncate": false}
    {"op": "write", "fd": 3, "at": 0, "length": 1000, "seed": 7}        {"op": "truncate", "fd": 3, "size": 10}
    {"op": "fsync", "fd": 3}      {"op": "close", "fd": 3}              {"op": "rename", "path": "a", "to": "b"}
    {"op": "unlink", "path": "a"} {"op": "mkdir", "path": "p"}          {"op": "rmdir", "path": "p"}
"""

import hashlib
import random


def content(operation):
    """The bytes of a write: noise that its seed makes, so that no two writes are the same."""
    return random.Random(operation["seed"]).randbytes(operation["length"])


def digest(data):
    return hashlib.sha1(data).digest()


class Tree:
    def __init__(self, files=None, directories=()):
        self.files = {path: bytearray(data) for path, data in (files or {}).items()}
        self.directories = set(directories)
        self.open = {}
        # By path: digests of everything that the file there ever was, since the path was last known to be free.
        self.history = {path: {digest(data)} for path, data in self.files.items()}

    def path_of(self, file):
        """None for a file that has lost its name."""
        return next((path for path, other in self.files.items() if other is file), None)

    @property
    def size(self):
        return sum(len(data) for data in self.files.values())

    def apply(self, operation, result=None):
        """The effect of an operation that succeeded; `result` is the count of bytes that a write returned."""
        getattr(self, "do_" + operation["op"])(operation, result)

    def do_open(self, operation, _):
        path = operation["path"]
        if path not in self.files:
            self.files[path] = bytearray()
        file = self.files[path]
        if operation["truncate"]:
            file.clear()
        self.open[operation["fd"]] = file
        self.remember(file)

    def do_write(self, operation, count):
        file = self.open[operation["fd"]]
        overwrite(file, operation["at"], content(operation)[:count])
        self.remember(file)

    def do_truncate(self, operation, _):
        file = self.open[operation["fd"]]
        resize(file, operation["size"])
        self.remember(file)

    def do_fsync(self, operation, _):
        pass

    def do_close(self, operation, _):
        self.open.pop(operation["fd"], None)

    def do_rename(self, operation, _):
        file = self.files.pop(operation["path"])
        self.history.pop(operation["path"], None)
        self.files[operation["to"]] = file
        self.remember(file)

    def do_unlink(self, operation, _):
        del self.files[operation["path"]]
        self.history.pop(operation["path"], None)

    def do_mkdir(self, operation, _):
        self.directories.add(operation["path"])

    def do_rmdir(self, operation, _):
        self.directories.remove(operation["path"])

    def remember(self, file):
        path = self.path_of(file)
        if path is not None:
            self.history.setdefault(path, set()).add(digest(file))


def overwrite(file, offset, data):
    """pwrite(2): a gap before `offset` becomes zeros; nothing happens without bytes."""
    if data:
        if len(file) < offset:
            file.extend(bytes(offset - len(file)))
        file[offset:offset + len(data)] = data


def resize(file, size):
    """ftruncate(2)."""
    if size <= len(file):
        del file[size:]
    else:
        file.extend(bytes(size - len(file)))
