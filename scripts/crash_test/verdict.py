# SPDX-License-Identifier: Apache-2.0
"""Whether a tree that was found is one that may be there. Pure.

For: a tree after a crash. All that was acknowledged must be there and nothing else; the one operation that was under way may have
happened, or not, or as far as POSIX and docs/SEMANTICS.md allow:

write     any number of the bytes from its start on, none of the others
open      a new file is there, empty, or is not; one that is truncated is as before, or empty
truncate  as before, or done
rename    as before, or done, or the file is under both names: the new one is complete before the old one goes
unlink, rmdir, mkdir    as before, or done
close, fsync            they change nothing: what was written counts since write(2) returned, all of it or as many bytes as it said

`Older` is a case of rename alone: a file that the bucket has, changed since, is uploaded under its new name; if that was all, the
old name shows what the bucket had. test_verdict.py shows that each rule can be broken.
"""

import json

from tree import content, digest, overwrite, resize


class Prefix:
    """A file of which a write replaced some bytes, from its start on."""

    def __init__(self, before, offset, data):
        self.before, self.offset, self.data = before, offset, data

    def matches(self, found):
        if found is None:
            return False
        # What is there of the data, and nothing behind it.
        count = 0
        here = memoryview(found)[self.offset:self.offset + len(self.data)]
        if bytes(here) == self.data:
            count = len(self.data)
        else:
            low, high = 0, len(here)
            while low < high:  # The longest common start.
                middle = (low + high + 1) // 2
                if here[:middle] == memoryview(self.data)[:middle]:
                    low = middle
                else:
                    high = middle - 1
            count = low
        wanted = bytearray(self.before)
        overwrite(wanted, self.offset, self.data[:count])
        return wanted == found or bytes(self.before) == found


class Older:
    """Anything that the path ever showed."""

    def __init__(self, digests):
        self.digests = digests

    def matches(self, found):
        return found is not None and digest(found) in self.digests


class Exactly:
    """These bytes; None: no file."""

    def __init__(self, data):
        self.data = None if data is None else bytes(data)

    def matches(self, found):
        return self.data == found


def alternatives(tree, operation):
    """Each is a dictionary from those paths that the operation may change to what may be there together."""
    kind = operation["op"]
    if kind in ("write", "truncate"):
        file = tree.open[operation["fd"]]
        path = tree.path_of(file)
        if path is None:
            return [{}]
        if kind == "write":
            return [{path: Prefix(file, operation["at"], content(operation))}]
        after = bytearray(file)
        resize(after, operation["size"])
        return [{path: Exactly(file)}, {path: Exactly(after)}]
    if kind == "open":
        path = operation["path"]
        before = tree.files.get(path)
        after = b"" if before is None or operation["truncate"] else before
        return [{path: Exactly(before)}, {path: Exactly(after)}]
    if kind == "unlink":
        return [{operation["path"]: Exactly(tree.files[operation["path"]])}, {operation["path"]: Exactly(None)}]
    if kind == "rename":
        old, new = operation["path"], operation["to"]
        moved, replaced = Exactly(tree.files[old]), Exactly(tree.files.get(new))
        return [
            {old: moved, new: replaced}, {old: moved, new: moved}, {old: Exactly(None), new: moved},
            {old: Older(tree.history.get(old, set())), new: moved},
        ]
    return [{}]


def describe(data):
    if data is None:
        return "nothing"
    zeros = f", {len(data) - len(bytes(data).rstrip(bytes(1)))} zeros at the end" if data and data[-1] == 0 else ""
    return f"{len(data)} bytes {digest(data).hex()[:8]}{zeros}"


def problems(tree, candidates, files, directories):
    """What is wrong with `files` (bytes by path) and `directories`, one line each; one of `candidates` was under way, or none."""
    return min((problems_with(tree, operation, files, directories) for operation in candidates or [None]), key=len)


def problems_with(tree, operation, files, directories):
    """The same when it was `operation`, or None."""
    choices = alternatives(tree, operation) if operation else [{}]
    free = {path for choice in choices for path in choice}
    found = []
    for path in sorted((tree.files.keys() | files.keys()) - free):
        if path not in files:
            found.append(f"{path}: is missing, should have {describe(tree.files[path])}")
        elif path not in tree.files:
            found.append(f"{path}: nobody made it: {describe(files[path])}")
        elif tree.files[path] != files[path]:
            found.append(f"{path}: has {difference(tree.files[path], files[path])}")
    if free and not any(all(rule.matches(files.get(path)) for path, rule in choice.items()) for choice in choices):
        for path in sorted(free):
            found.append(f"{path}: has {describe(files.get(path))}, had {describe(tree.files.get(path))} before "
                         f"{operation} was under way")
    unsure = {operation["path"]} if operation and operation["op"] in ("mkdir", "rmdir") else set()
    for path in sorted((tree.directories ^ set(directories)) - unsure):
        found.append(f"{path}/: {'is missing' if path in tree.directories else 'nobody made it'}")
    return found


def difference(wanted, found):
    place = next((index for index, pair in enumerate(zip(wanted, found)) if pair[0] != pair[1]),
                 min(len(wanted), len(found)))
    return f"{describe(found)} in place of {describe(wanted)}; they differ from byte {place} on"


def replay(tree, events):
    """Applies a log to `tree`: pairs of an operation and its result, None when nobody knows one.

    A result is {"count": n} or {"errno": name}. What failed for want of space did not happen. Returns the operations of which one
    was under way: the last one; and a write before it that came back short, since the kernel cuts a write at pages into requests,
    and the one behind the last that was answered may have been done. None were if all have results.
    """
    for number, (operation, result) in enumerate(events):
        if result is not None and "errno" not in result:
            tree.apply(operation, result.get("count"))
        elif result is not None and result["errno"] == "ENOSPC":
            # close(2) frees the descriptor, whatever it returns.
            if operation["op"] == "close":
                tree.apply(operation)
        else:
            assert number == len(events) - 1, f"operations behind one without a result: {events[number:]}"
            return [operation] + [write for write, done in events[max(number - 1, 0):number] if is_short(write, done)]
    return []


def is_short(operation, result):
    return operation["op"] == "write" and result.get("count", operation["length"]) < operation["length"]


def events(path):
    """A log as pairs of operation and result; the result of the last is None when there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            # The last line may be half written.
            lines = [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return []
    return list(zip(lines[::2], lines[1::2] + [None] * (len(lines) % 2)))
