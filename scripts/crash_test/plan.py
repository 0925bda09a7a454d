# SPDX-License-Identifier: Apache-2.0
"""What the writer does next. Pure: the same seed and results give the same operations.

For: everything that programs do to files, one system call at a time: new, appended, overwritten in place, cut, emptied, written
beside and renamed over, renamed, deleted, also while open; in directories that come and go. Few names, so that they are used
again. A generator: it is sent the result of each operation that it yields.
"""

KIB = 1 << 10
MIB = 1 << 20
NAMES = "abcdefgh"
DIRECTORIES = ("p", "p/q", "p/q/r", "s")
# Below the kernel's 1 MiB with room for an unaligned start, so that each write(2) is one request.
CHUNK = 960 * KIB


class Plan:
    def __init__(self, random, tree, largest=12 * MIB, budget=20 * MIB, fills=False):
        """`largest` and `budget` are bytes of one file and of all; `fills` writes until the disk is full now and then."""
        self.random, self.tree, self.largest, self.budget, self.fills = random, tree, largest, budget, fills
        self.last_descriptor = 0

    def operations(self):
        kinds = {
            self.new: 5, self.append: 4, self.overwrite: 4, self.cut: 2, self.rewrite: 2, self.replace: 3, self.rename: 4,
            self.unlink: 2, self.mkdir: 1.5, self.rmdir: 1, self.fill: 4 if self.fills else 0,
        }
        if self.fills:
            yield from self.fill()
        while True:
            crowded = self.tree.size > self.budget or len(self.tree.files) > 16
            kind = self.unlink if crowded else self.random.choices([*kinds], [*kinds.values()])[0]
            yield from kind()
            # Few descriptors stay open for long.
            while len(self.tree.open) > 2:
                yield {"op": "close", "fd": self.random.choice([*self.tree.open])}

    # Steps

    def opened(self, path, create=False, exclusive=False, truncate=False):
        self.last_descriptor += 1
        result = yield {"op": "open", "fd": self.last_descriptor, "path": path, "create": create,
                        "exclusive": exclusive, "truncate": truncate}
        return None if "errno" in result else self.last_descriptor

    def written(self, fd, offset, length):
        """Writes in pieces; ends early when the disk is full."""
        end = offset + length
        while offset < end:
            size = min(end - offset, self.random.choice((CHUNK, CHUNK, 100 * KIB)))
            result = yield {"op": "write", "fd": fd, "at": offset, "length": size, "seed": self.random.randrange(1 << 40)}
            count = result.get("count", 0)
            if count < size:
                return False
            offset += count
        return True

    def ended(self, fd):
        if self.random.random() < 0.8:
            yield {"op": "fsync", "fd": fd}
        if self.random.random() < 0.9:
            yield {"op": "close", "fd": fd}

    def length(self):
        kind = self.random.random()
        if kind < 0.05:
            return 0
        if kind < 0.75:
            return self.random.randrange(1, 20 * KIB)
        if kind < 0.9:
            return self.random.randrange(20 * KIB, MIB)
        return self.random.randrange(MIB, self.largest)

    def some_directory(self):
        return self.random.choice(["", *sorted(self.tree.directories)])

    def free_path(self):
        directory = self.some_directory()
        paths = [f"{directory}/{name}".lstrip("/") for name in NAMES]
        free = [path for path in paths if path not in self.tree.files]
        return self.random.choice(free) if free else None

    def some_file(self):
        return self.random.choice(sorted(self.tree.files)) if self.tree.files else None

    def some_opened(self, **flags):
        """The descriptor of some file that is there; None when there is none, or it cannot be opened."""
        path = self.some_file()
        return None if path is None else (yield from self.opened(path, **flags))

    # What programs do

    def new(self):
        path = self.free_path()
        if path is None:
            return
        fd = yield from self.opened(path, create=True, exclusive=self.random.random() < 0.3)
        if fd is not None:
            yield from self.written(fd, 0, self.length())
            yield from self.ended(fd)

    def append(self):
        fd = yield from self.some_opened()
        if fd is not None:
            yield from self.written(fd, len(self.tree.open[fd]), min(self.length(), 2 * MIB))
            yield from self.ended(fd)

    def overwrite(self):
        fd = yield from self.some_opened()
        if fd is not None:
            size = len(self.tree.open[fd])
            for _ in range(self.random.randrange(1, 4)):
                # Now and then behind the end.
                yield from self.written(fd, self.random.randrange(size + size // 8 + 1), self.random.randrange(1, 20 * KIB))
            yield from self.ended(fd)

    def cut(self):
        fd = yield from self.some_opened()
        if fd is not None:
            size = len(self.tree.open[fd])
            yield {"op": "truncate", "fd": fd, "size": self.random.choice((0, size // 2, size, size + 5_000, size // 3 + 1))}
            if self.random.random() < 0.5:
                yield from self.written(fd, len(self.tree.open[fd]), self.random.randrange(1, 20 * KIB))
            yield from self.ended(fd)

    def rewrite(self):
        fd = yield from self.some_opened(create=True, truncate=True)
        if fd is not None:
            yield from self.written(fd, 0, self.length())
            yield from self.ended(fd)

    def replace(self):
        """As editors and rsync do."""
        path, beside = self.some_file(), self.free_path()
        if path is None or beside is None:
            return
        fd = yield from self.opened(beside, create=True, exclusive=True)
        if fd is None or not (yield from self.written(fd, 0, self.length())):
            return
        if self.random.random() < 0.7:
            yield {"op": "fsync", "fd": fd}
        if self.random.random() < 0.9:
            yield {"op": "close", "fd": fd}
        yield {"op": "rename", "path": beside, "to": path}

    def rename(self):
        path = self.some_file()
        to = self.free_path() if self.random.random() < 0.6 else self.some_file()
        if path is not None and to is not None and path != to:
            yield {"op": "rename", "path": path, "to": to}

    def unlink(self):
        path = self.some_file()
        if path is not None:
            yield {"op": "unlink", "path": path}

    def mkdir(self):
        there = self.tree.directories | {""}
        able = [path for path in DIRECTORIES if path not in there and path.rpartition("/")[0] in there]
        if able:
            yield {"op": "mkdir", "path": self.random.choice(able)}

    def rmdir(self):
        used = {path.rpartition("/")[0] for path in [*self.tree.files, *self.tree.directories]}
        able = sorted(self.tree.directories - used)
        if able:
            yield {"op": "rmdir", "path": self.random.choice(able)}

    def fill(self):
        path = self.free_path()
        if path is None:
            return
        fd = yield from self.opened(path, create=True)
        if fd is None:
            return
        yield from self.written(fd, 0, 40 * MIB)
        yield from self.ended(fd)
