# SPDX-License-Identifier: Apache-2.0
"""What a file or a tree looks like, in a form in which two file systems can be compared.

A time that was set is itself; one that the file system took from the clock is "now".
"""

import hashlib
import os
import stat
import time

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo"}
# What the object is, and not what somebody set.
FACTS = ("user.s3.", "user.mime_type")


def moment(ns, began):
    """Tests set no times between the start of the run and its end."""
    return "now" if began - 10 * 10**9 <= ns <= time.time_ns() + 2 * 10**9 else ns


def attributes(found, began):
    kind = KINDS.get(stat.S_IFMT(found.st_mode), "other")
    return {
        "kind": kind, "mode": f"{stat.S_IMODE(found.st_mode):04o}", "uid": found.st_uid, "gid": found.st_gid,
        "links": found.st_nlink, "size": None if kind == "directory" else found.st_size,
        "mtime": moment(found.st_mtime_ns, began), "ctime": moment(found.st_ctime_ns, began),
    }


def extended(path):
    """The hash of each attribute that somebody set."""
    names = [name for name in os.listxattr(path, follow_symlinks=False) if not name.startswith(FACTS)]
    return {name: hashlib.sha1(os.getxattr(path, name, follow_symlinks=False)).hexdigest()[:12] for name in sorted(names)}


def entry(path, began):
    shown = attributes(os.lstat(path), began)
    if shown["kind"] == "file":
        with open(path, "rb") as file:
            data = file.read()
        shown["content"] = hashlib.sha1(data).hexdigest()[:12] + f" of {len(data)}"
    if shown["kind"] == "link":
        shown["target"] = os.readlink(path)
    elif shown["kind"] in ("file", "directory"):
        shown["extended"] = extended(path)
    return shown


def fail(error):
    raise error


def picture(root, began):
    """By path below `root`, everything about each entry."""
    shown = {".": entry(root, began)}
    for parent, directories, files in os.walk(root, onerror=fail):
        for name in directories + files:
            path = os.path.join(parent, name)
            shown[os.path.relpath(path, root)] = entry(path, began)
    return shown
