# SPDX-License-Identifier: Apache-2.0
"""Where a mount may differ from a local disk, and why; everything else is a failure. Pure.

REFUSED   operations that a mount does not have. They are tried on it when a run begins: one that it refuses with another errno
          than this, or one that is refused and not listed, fails the run; one that it has by now is compared like all others.
UNLIKE    parts of a result that are not compared.
AVOIDED   what the generator leaves alone, since a mount's own limit would make the trees differ from there on.
"""

# ENOTSUP is Linux's EOPNOTSUPP.
REFUSED = {
    "link": ("ENOTSUP", "two names of one object are two objects"),
    "temporary": ("ENOTSUP", "O_TMPFILE is used to link the file later, and links are refused"),
    "exchange": ("EINVAL", "no store exchanges two objects at once"),
    "invalid_name": ("EILSEQ", "a key is UTF-8"),
    "capital_xattr": ("EINVAL", "names of headers have no capitals: the name would come back as another one"),
}

UNLIKE = {
    "links of a directory": "1 says that nobody has counted the directories in it since the mount began",
    "mtime of a directory": "entries that come and go move it for the life of a mount only: each would be a request for it, too",
    "ctime": "the bucket knows only when an object was written",
}

AVOIDED = (
    "paths over 900 bytes: a key has at most 1,024 (ENAMETOOLONG)",
    "user metadata over 2 KB in all: S3's limit (ENOSPC)",
    "attributes of other namespaces than user.: EOPNOTSUPP; those that are headers: a header's value is text",
    "files over 64 MiB, atime, st_blocks, O_DIRECT's alignment: not what this test is about",
)


def alike(name, local, mount):
    """Whether one attribute of a file may be as it is."""
    if name == "links" and local["kind"] == "directory" == mount["kind"]:
        return mount["links"] in (1, local["links"])
    if name == "mtime" and local["kind"] == "directory" and local["mtime"] == "now":
        return True
    if name == "ctime":
        return mount["ctime"] == "now"
    return local.get(name) == mount.get(name)


def differing(local, mount):
    """The names of attributes that differ."""
    return [name for name in sorted(local.keys() | mount.keys()) if not alike(name, local, mount)]


def differences(operation, local, mount):
    """Lines that say how two results differ, none when they are the same."""
    if operation["op"] == "picture" and "value" in local and "value" in mount:
        return picture_differences(local["value"], mount["value"])
    if operation["op"] in ("stat", "lstat", "fstat") and "value" in local and "value" in mount:
        if not isinstance(local["value"], dict) or not isinstance(mount["value"], dict):
            return [] if local == mount else [f"local {local}, mount {mount}"]
        one, other = local["value"], mount["value"]
        return [f"{name}: local {one.get(name)!r}, mount {other.get(name)!r}" for name in differing(one, other)]
    return [] if local == mount else [f"local {local}, mount {mount}"]


def picture_differences(local, mount):
    lines = [f"{path!r} is only on the local disk" for path in sorted(local.keys() - mount.keys())]
    lines += [f"{path!r} is only in the mount" for path in sorted(mount.keys() - local.keys())]
    for path in sorted(local.keys() & mount.keys()):
        one, other = local[path], mount[path]
        lines += [f"{path!r}: {name}: local {one.get(name)!r}, mount {other.get(name)!r}" for name in differing(one, other)]
    return lines
