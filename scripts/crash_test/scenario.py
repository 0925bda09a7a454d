# SPDX-License-Identifier: Apache-2.0
"""A fixed list of operations, one of each kind that changes the index of a cache directory. For crashes at each step."""

from plan import CHUNK


class Scenario:
    def __init__(self, tree):
        self.tree = tree
        self.last_descriptor = 0
        self.last_seed = 0

    def opened(self, path, **flags):
        self.last_descriptor += 1
        return {"op": "open", "fd": self.last_descriptor, "path": path, "create": False, "exclusive": False,
                "truncate": False, **flags}

    def written(self, at, length):
        for begin in range(at, at + length, CHUNK):
            self.last_seed += 1
            yield {"op": "write", "fd": self.last_descriptor, "at": begin, "length": min(CHUNK, at + length - begin),
                   "seed": self.last_seed}

    def ended(self, synced=True):
        if synced:
            yield {"op": "fsync", "fd": self.last_descriptor}
        yield {"op": "close", "fd": self.last_descriptor}

    def file(self, path, at, length, synced=True, **flags):
        yield self.opened(path, **flags)
        yield from self.written(at, length)
        yield from self.ended(synced)

    def operations(self):
        yield {"op": "mkdir", "path": "p"}
        # New, small and large; appended; overwritten in place; cut; emptied.
        yield from self.file("p/a", 0, 10_000, create=True)
        yield from self.file("b", 0, 6_000_000, synced=False, create=True, exclusive=True)
        yield from self.file("p/a", 10_000, 5_000)
        yield from self.file("p/a", 100, 50, synced=False)
        yield self.opened("b")
        yield {"op": "truncate", "fd": self.last_descriptor, "size": 3_000}
        yield from self.ended()
        yield from self.file("p/a", 0, 700, create=True, truncate=True)
        # Renamed: closed, over another one, open, and back over what was published; twice.
        yield {"op": "rename", "path": "p/a", "to": "c"}
        yield from self.file("d", 0, 2_000, create=True)
        yield {"op": "rename", "path": "d", "to": "c"}
        yield {"op": "rename", "path": "c", "to": "p/c"}
        yield self.opened("e", create=True)
        yield from self.written(0, 3_000)
        yield {"op": "rename", "path": "e", "to": "b"}
        yield from self.written(3_000, 100)
        yield from self.ended(synced=False)
        # Deleted: closed, open, and what was renamed over something.
        yield self.opened("f", create=True)
        yield from self.written(0, 4_000)
        yield {"op": "fsync", "fd": self.last_descriptor}
        yield {"op": "unlink", "path": "f"}
        yield from self.ended(synced=False)
        yield {"op": "unlink", "path": "b"}
        yield {"op": "unlink", "path": "p/c"}
        yield {"op": "rmdir", "path": "p"}
        yield from self.file("last", 0, 1_000, create=True)
