# SPDX-License-Identifier: Apache-2.0
"""Chooses operations that are likely to meet each other: few names, few open files, mostly what is there.

State: the names of this sequence, and what each process has open. What is there is read from the local side, which is the same
each time; so a seed gives the same operations again.
"""

import os
import stat

from choices import ATTRIBUTES, LONGEST_PATH, NAMES, SLOTS, TIMES, USER, WEIGHTS


class Generator:
    """`root` is the local side's directory, `place` the path of this sequence's own below it."""

    def __init__(self, choice, root, place, refused):
        self.choice, self.root, self.place = choice, root, place
        self.names = ["a", "b", "c", *choice.sample(NAMES, 4)]
        self.weights = {name: weight for name, weight in WEIGHTS.items() if name not in refused}
        self.open = {}
        self.number = 0

    def next(self, actors):
        """The next operation."""
        by = self.choice.randrange(actors)
        self.mine = self.open.setdefault(by, {})
        while True:
            name = self.choice.choices(list(self.weights), list(self.weights.values()))[0]
            arguments = getattr(self, "make_" + name, self.make_path)()
            if arguments is not None:
                break
        operation = {"by": by, "op": {"punch": "fallocate", "zero": "fallocate"}.get(name, name), **arguments}
        if name not in ("together", "pause", "picture") and self.choice.random() < 0.08:
            operation["as"] = USER
        paths = [operation.get(key) for key in ("path", "to")]
        if any(isinstance(path, str) and len(os.fsencode(path)) > LONGEST_PATH for path in paths):
            return self.next(actors)
        return operation

    def learn(self, operation, result):
        """Notes what is open now."""
        if "value" not in result:
            return
        mine = self.open.setdefault(operation.get("by", 0), {})
        if operation["op"] == "open":
            mine[operation["slot"]] = "directory" if "O_DIRECTORY" in operation["flags"] else "file"
        elif operation["op"] == "dup":
            mine[operation["to"]] = mine.get(operation["slot"], "file")
        elif operation["op"] == "close":
            mine.pop(operation["slot"], None)

    def forget_open(self):
        self.open.clear()

    # Parts

    def seed(self):
        self.number += 1
        return self.number

    def there(self, kinds):
        """What the local side has, in an order that does not depend on its disk."""
        found = []
        top = os.path.join(self.root, self.place)
        for parent, directories, files in os.walk(top):
            directories.sort()
            for name in sorted(directories + files):
                path = os.path.join(parent, name)
                mode = os.lstat(path).st_mode
                kind = "d" if stat.S_ISDIR(mode) else "l" if stat.S_ISLNK(mode) else "f"
                if kind in kinds:
                    found.append(os.path.relpath(path, self.root))
        return found

    def path(self, kinds="fdl", there=0.75):
        """Mostly one that is there, of these kinds (file, directory, link); else one that may be."""
        found = self.there(kinds) if self.choice.random() < there else []
        if found:
            path = self.choice.choice(found)
        else:
            parents = [self.place, *self.there("dl")] if self.choice.random() < 0.8 else [self.place + "/" + self.choice.choice(self.names)]
            path = self.choice.choice(parents) + "/" + self.choice.choice(self.names)
        return path + self.choice.choices(("", "/", "/.", "/.."), (97, 1.5, 0.8, 0.7))[0]

    def new(self):
        return self.path("fdl", there=0.25)

    def slot(self, kind="file"):
        fitting = [slot for slot, other in self.mine.items() if other == kind]
        return self.choice.choice(fitting) if fitting else None

    def located(self, kinds="fdl", there=0.75):
        """A path, now and then one below an open directory."""
        directory = self.slot("directory")
        if directory is not None and self.choice.random() < 0.3:
            return {"at": directory, "path": self.choice.choice(self.names)}
        return {"path": self.path(kinds, there)}

    def length(self):
        pick = self.choice.random()
        if pick < 0.1:
            return self.choice.choice((0, 1, 4095, 4096, 4097, 131072, 131073))
        if pick < 0.97:
            return self.choice.randrange(1, 20_000)
        return self.choice.choice((1_048_576, 1_500_000, 3_000_000))

    def offset(self):
        pick = self.choice.random()
        if pick < 0.25:
            return 0
        if pick < 0.97:
            return self.choice.randrange(40_000)
        return self.choice.choice((131072, 1_048_575, 5_242_880, 5_300_000, 9_000_000))

    def with_slot(self, **others):
        slot = self.slot("directory") if self.choice.random() < 0.05 else self.slot()
        return None if slot is None else {"slot": slot, **others}

    def mode(self):
        return self.choice.choice((0o644, 0o600, 0o755, 0o700, 0o444, 0o640, 0o666, 0o777, 0, 0o4755, 0o2755, 0o1777))

    # Descriptors

    def make_open(self):
        choice = self.choice
        free = [slot for slot in range(SLOTS) if slot not in self.mine]
        slot = choice.choice(free) if free else choice.randrange(SLOTS)
        pick = choice.random()
        if pick < 0.12:
            return {**self.located("d"), "slot": slot, "flags": ["O_RDONLY", "O_DIRECTORY"], "mode": 0}
        flags = [choice.choices(("O_RDWR", "O_WRONLY", "O_RDONLY"), (6, 2, 3))[0]]
        for name, chance in (("O_CREAT", 0.6), ("O_EXCL", 0.12), ("O_TRUNC", 0.2), ("O_APPEND", 0.2), ("O_NOFOLLOW", 0.05),
                             ("O_SYNC", 0.03), ("O_DIRECTORY", 0.01), ("O_PATH", 0.01)):
            if choice.random() < chance:
                flags.append(name)
        mode = 0o644 if choice.random() < 0.8 else self.mode()
        return {**self.located("fl" if choice.random() < 0.95 else "d", 0.6), "slot": slot, "flags": flags, "mode": mode}

    def make_close(self):
        slots = list(self.mine)
        return {"slot": self.choice.choice(slots)} if slots else None

    def make_read(self):
        return self.with_slot(length=self.length())

    def make_pread(self):
        return self.with_slot(length=self.length(), offset=self.offset())

    def make_write(self):
        return self.with_slot(length=self.length(), seed=self.seed())

    def make_pwrite(self):
        return self.with_slot(length=self.length(), offset=self.offset(), seed=self.seed())

    def make_seek(self):
        whence = self.choice.choice(("SEEK_SET", "SEEK_CUR", "SEEK_END"))
        return self.with_slot(offset=self.offset() * self.choice.choice((1, 1, -1)), whence=whence)

    def make_seek_data(self):
        return self.with_slot(offset=self.offset(), whence=self.choice.choice(("SEEK_DATA", "SEEK_HOLE")))

    def make_ftruncate(self):
        return self.with_slot(size=self.choice.choice((0, self.offset(), self.offset())))

    def make_fallocate(self, how=None):
        how = self.choice.choice((0, 1)) if how is None else how
        return self.with_slot(how=how, offset=self.offset(), length=self.length())

    def make_punch(self):
        return self.make_fallocate(3)

    def make_zero(self):
        return self.make_fallocate(self.choice.choice((16, 17)))

    def make_fsync(self):
        return self.with_slot()

    make_fdatasync = make_fstat = make_map_read = make_child_closes = make_fsync

    def make_flist(self):
        slot = self.slot("directory")
        return None if slot is None else {"slot": slot}

    def make_flock(self):
        return self.with_slot(how=self.choice.choice(("shared", "exclusive", "none")))

    def make_lockf(self):
        how = self.choice.choice(("shared", "exclusive", "none"))
        return self.with_slot(how=how, offset=self.choice.randrange(10), length=self.choice.randrange(5))

    def make_map_write(self):
        return self.with_slot(
            offset=self.offset(), length=self.choice.randrange(1, 9_000), flush=self.choice.random() < 0.5, seed=self.seed())

    def make_copy_range(self):
        target = self.slot()
        if target is None:
            return None
        return self.with_slot(to=target, offset=self.offset(), length=self.length(), target=self.offset())

    def make_sendfile(self):
        target = self.slot()
        return None if target is None else self.with_slot(to=target, offset=self.offset(), length=self.length())

    def make_dup(self):
        return self.with_slot(to=self.choice.randrange(SLOTS))

    def make_same(self):
        slot = self.slot()
        return None if slot is None else {"slot": slot, **self.located("fl", 0.95)}

    def make_fchmod(self):
        return self.with_slot(mode=self.mode())

    def make_fchown(self):
        return self.with_slot(uid=self.choice.choice((0, USER, -1)), gid=self.choice.choice((0, USER, 77, -1)))

    def make_futime(self):
        return self.with_slot(ns=self.choice.choice(TIMES))

    # Names

    def make_path(self):
        return self.located()

    def make_access(self):
        return {**self.located(), "mode": self.choice.randrange(8)}

    def make_list(self):
        return {"path": self.path("d")}

    make_scan = make_list

    def make_mkdir(self):
        return {**self.located("fdl", 0.15), "mode": 0o755 if self.choice.random() < 0.8 else self.mode()}

    def make_rmdir(self):
        return self.located("d" if self.choice.random() < 0.9 else "fl", 0.9)

    def make_unlink(self):
        return self.located("fl" if self.choice.random() < 0.95 else "d", 0.9)

    def make_rename(self):
        return {**self.located("fdl", 0.92), "to": self.path("fdl", there=0.45)}

    make_rename_keeping = make_exchange = make_rename

    def make_link(self):
        return {**self.located("fl", 0.92), "to": self.new()}

    def make_symlink(self):
        target = self.choice.choice((*self.names, "../" + self.choice.choice(self.names), "a/b", ".", "nowhere/at all", "x" * 300))
        return {**self.located("fdl", 0.15), "target": target}

    def make_fifo(self):
        return {**self.located("fdl", 0.15), "mode": self.mode()}

    def make_temporary(self):
        return {"path": self.path("d")}

    def make_truncate(self):
        return {"path": self.path("fl"), "size": self.choice.choice((0, self.offset(), self.offset()))}

    def make_chmod(self):
        return {**self.located("fd"), "mode": self.mode()}

    def make_chown(self):
        return {**self.located(), "uid": self.choice.choice((0, USER, -1)), "gid": self.choice.choice((0, USER, 77, -1)),
                "follow": self.choice.random() < 0.5}

    def make_utime(self):
        return {**self.located(), "ns": self.choice.choice(TIMES), "follow": self.choice.random() < 0.7}

    def make_setxattr(self):
        how = self.choice.choices(("any", "create", "replace"), (4, 1, 1))[0]
        return {"path": self.path(), "name": self.choice.choice(ATTRIBUTES), "how": how, "follow": self.choice.random() < 0.9,
                "length": self.choice.choice((0, 1, 20, 60)), "seed": self.seed()}

    def make_getxattr(self):
        return {"path": self.path(), "name": self.choice.choice(ATTRIBUTES), "follow": self.choice.random() < 0.9}

    make_removexattr = make_getxattr

    def make_save(self):
        return {"path": self.path("f", 0.8), "length": self.length(), "flush": self.choice.random() < 0.6, "seed": self.seed()}

    def make_pause(self):
        return {"seconds": self.choice.choice((0.1, 0.4, 1.1))}

    def make_picture(self):
        return {"path": self.place}

    def make_together(self):
        """Each process on names of its own in one directory, all at once."""
        directory = self.choice.choice([self.place, *self.there("d")])
        return {"lists": [self.own(directory, f"own{index}") for index in range(3)]}

    def own(self, directory, name):
        path, other = f"{directory}/{name}", f"{directory}/{name}-other"
        made = {"op": "open", "path": path, "slot": 99, "flags": ["O_RDWR", "O_CREAT", "O_TRUNC"], "mode": 0o644}
        wrote = {"op": "write", "slot": 99, "length": self.length(), "seed": self.seed()}
        closed = {"op": "close", "slot": 99}
        steps = [
            [made, wrote, closed, {"op": "rename", "path": path, "to": other}, {"op": "lstat", "path": other}],
            [made, wrote, {"op": "unlink", "path": path}, {"op": "fstat", "slot": 99}, closed],
            [{"op": "mkdir", "path": path, "mode": 0o700}, {"op": "rename", "path": path, "to": other},
             {"op": "rmdir", "path": other}],
            [{"op": "symlink", "path": path, "target": "a"}, {"op": "readlink", "path": path}, {"op": "unlink", "path": path}],
            [{"op": "save", "path": path, "length": self.length(), "flush": True, "seed": self.seed()},
             {"op": "chmod", "path": path, "mode": 0o600}, {"op": "stat", "path": path}, {"op": "unlink", "path": path}],
        ]
        return [step for _ in range(2) for step in self.choice.choice(steps)]
