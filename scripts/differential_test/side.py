# SPDX-License-Identifier: Apache-2.0
"""One of the two directories that are compared, and the system calls on it.

State: the descriptors that are open, by slot, so that both sides can have other numbers. An operation is a dictionary, so that a
line of a log is one: `op`, its arguments, optionally `at` (the slot of an open directory that `path` begins at) and `as` (a user
other than root). A result is {"value": ...} or {"errno": "ENOENT"}. Paths are text in the form of os.fsdecode.
"""

import errno
import fcntl
import hashlib
import mmap
import os
import random
import stat
import time

import libc
from picture import attributes, picture


def content(operation):
    """The bytes of a write: noise that its seed makes, so that no two writes are the same."""
    return random.Random(operation["seed"]).randbytes(operation["length"])


def digest(data):
    return [len(data), hashlib.sha1(data).hexdigest()[:12]]


def times(operation):
    """For os.utime; without any it means now."""
    return {} if operation["ns"] is None else {"ns": (operation["ns"], operation["ns"])}


class Side:
    def __init__(self, root, began):
        self.root = root
        self.began = began
        self.slots = {}

    def perform(self, operation):
        user = operation.get("as", 0)
        try:
            if user:
                os.setegid(user)
                os.seteuid(user)
            try:
                return {"value": getattr(self, "do_" + operation["op"])(operation)}
            except KeyError as missing:
                return {"value": f"nothing is open as {missing}"}
            except ValueError as error:
                # Python refuses to map an empty file itself.
                return {"value": str(error)}
            except OSError as error:
                return {"errno": errno.errorcode.get(error.errno, str(error.errno))}
        finally:
            if user:
                os.seteuid(0)
                os.setegid(0)

    def path(self, operation, name="path"):
        return os.path.join(self.root, operation[name])

    def place(self, operation):
        """Path and directory descriptor, for calls that take both."""
        if "at" in operation:
            return operation["path"], self.slots[operation["at"]]
        return self.path(operation), None

    def slot(self, operation):
        return self.slots[operation["slot"]]

    # Descriptors

    def do_open(self, operation):
        path, directory = self.place(operation)
        # Nobody waits for the other end of a FIFO.
        flags = os.O_NONBLOCK
        for name in operation["flags"]:
            flags |= getattr(os, name)
        self.keep(operation["slot"], os.open(path, flags, operation["mode"], dir_fd=directory))

    def keep(self, slot, descriptor):
        if slot in self.slots:
            os.close(self.slots[slot])
        self.slots[slot] = descriptor

    def do_close(self, operation):
        os.close(self.slots.pop(operation["slot"]))

    def do_close_all(self, _):
        for slot in list(self.slots):
            os.close(self.slots.pop(slot))

    def do_dup(self, operation):
        self.keep(operation["to"], os.dup(self.slot(operation)))

    def do_child_closes(self, operation):
        descriptor = self.slot(operation)
        child = os.fork()
        if child == 0:
            try:
                os.close(descriptor)
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    def do_read(self, operation):
        return digest(os.read(self.slot(operation), operation["length"]))

    def do_pread(self, operation):
        return digest(os.pread(self.slot(operation), operation["length"], operation["offset"]))

    def do_write(self, operation):
        return os.write(self.slot(operation), content(operation))

    def do_pwrite(self, operation):
        return os.pwrite(self.slot(operation), content(operation), operation["offset"])

    def do_seek(self, operation):
        # In a directory each file system has numbers of its own.
        if stat.S_ISDIR(os.fstat(self.slot(operation)).st_mode):
            return "a directory"
        return os.lseek(self.slot(operation), operation["offset"], getattr(os, operation["whence"]))

    def do_seek_data(self, operation):
        """Says whether the answer of SEEK_DATA or SEEK_HOLE is a possible one: a file system may know no holes."""
        descriptor, offset = self.slot(operation), operation["offset"]
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return "not a file"
        size, before = found.st_size, os.lseek(descriptor, 0, os.SEEK_CUR)
        try:
            found = os.lseek(descriptor, offset, getattr(os, operation["whence"]))
        except OSError as error:
            if error.errno != errno.ENXIO or offset >= size or operation["whence"] == "SEEK_HOLE":
                raise
            found = size
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)
        if operation["whence"] == "SEEK_HOLE":
            rest = os.pread(descriptor, max(size - found, 0), found)
            return "possible" if offset <= found <= size and (found == size or rest[0] == 0) else [found, size]
        skipped = os.pread(descriptor, max(found - offset, 0), offset)
        return "possible" if offset <= found <= size and not any(skipped) else [found, size]

    def do_ftruncate(self, operation):
        os.ftruncate(self.slot(operation), operation["size"])

    def do_fallocate(self, operation):
        libc.fallocate(self.slot(operation), operation["how"], operation["offset"], operation["length"])

    def do_fsync(self, operation):
        os.fsync(self.slot(operation))

    def do_fdatasync(self, operation):
        os.fdatasync(self.slot(operation))

    def do_flock(self, operation):
        flags = {"shared": fcntl.LOCK_SH, "exclusive": fcntl.LOCK_EX, "none": fcntl.LOCK_UN}[operation["how"]]
        fcntl.flock(self.slot(operation), flags | fcntl.LOCK_NB)

    def do_lockf(self, operation):
        flags = {"shared": fcntl.LOCK_SH, "exclusive": fcntl.LOCK_EX, "none": fcntl.LOCK_UN}[operation["how"]]
        flags |= 0 if operation["how"] == "none" else fcntl.LOCK_NB
        fcntl.lockf(self.slot(operation), flags, operation["length"], operation["offset"])

    def do_map_write(self, operation):
        data = content(operation)
        with mmap.mmap(self.slot(operation), 0) as memory:
            begin = operation["offset"] % len(memory)
            data = data[:len(memory) - begin]
            memory[begin:begin + len(data)] = data
            if operation["flush"]:
                memory.flush()
        return len(data)

    def do_map_read(self, operation):
        with mmap.mmap(self.slot(operation), 0, prot=mmap.PROT_READ) as memory:
            return digest(memory[:])

    def do_copy_range(self, operation):
        source, target = self.slot(operation), self.slots[operation["to"]]
        done = 0
        while done < operation["length"]:
            count = os.copy_file_range(
                source, target, operation["length"] - done, operation["offset"] + done, operation["target"] + done)
            if count == 0:
                break
            done += count
        return done

    def do_sendfile(self, operation):
        source, target = self.slot(operation), self.slots[operation["to"]]
        done = 0
        while done < operation["length"]:
            count = os.sendfile(target, source, operation["offset"] + done, operation["length"] - done)
            if count == 0:
                break
            done += count
        return done

    def do_fchmod(self, operation):
        os.fchmod(self.slot(operation), operation["mode"])

    def do_fchown(self, operation):
        os.fchown(self.slot(operation), operation["uid"], operation["gid"])

    def do_futime(self, operation):
        os.utime(self.slot(operation), **times(operation))

    def do_fstat(self, operation):
        return attributes(os.fstat(self.slot(operation)), self.began)

    def do_flist(self, operation):
        return sorted(os.listdir(self.slot(operation)))

    def do_same(self, operation):
        """Whether a descriptor and a name are one file."""
        path, directory = self.place(operation)
        one, other = os.fstat(self.slot(operation)), os.stat(path, dir_fd=directory)
        return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)

    # Names

    def do_stat(self, operation):
        path, directory = self.place(operation)
        return attributes(os.stat(path, dir_fd=directory), self.began)

    def do_lstat(self, operation):
        path, directory = self.place(operation)
        return attributes(os.lstat(path, dir_fd=directory), self.began)

    def do_access(self, operation):
        path, directory = self.place(operation)
        return os.access(path, operation["mode"], dir_fd=directory, effective_ids=True)

    def do_list(self, operation):
        return sorted(os.listdir(self.path(operation)))

    def do_scan(self, operation):
        with os.scandir(self.path(operation)) as entries:
            return sorted([entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink()] for entry in entries)

    def do_mkdir(self, operation):
        path, directory = self.place(operation)
        os.mkdir(path, operation["mode"], dir_fd=directory)

    def do_rmdir(self, operation):
        path, directory = self.place(operation)
        os.rmdir(path, dir_fd=directory)

    def do_unlink(self, operation):
        path, directory = self.place(operation)
        os.unlink(path, dir_fd=directory)

    def do_rename(self, operation):
        path, directory = self.place(operation)
        os.rename(path, self.path(operation, "to"), src_dir_fd=directory)

    def do_rename_keeping(self, operation):
        path, directory = self.place(operation)
        libc.renameat2(path, self.path(operation, "to"), libc.RENAME_NOREPLACE, directory)

    def do_exchange(self, operation):
        path, directory = self.place(operation)
        libc.renameat2(path, self.path(operation, "to"), libc.RENAME_EXCHANGE, directory)

    def do_link(self, operation):
        path, directory = self.place(operation)
        os.link(path, self.path(operation, "to"), src_dir_fd=directory, follow_symlinks=False)

    def do_symlink(self, operation):
        path, directory = self.place(operation)
        os.symlink(operation["target"], path, dir_fd=directory)

    def do_readlink(self, operation):
        path, directory = self.place(operation)
        return os.readlink(path, dir_fd=directory)

    def do_fifo(self, operation):
        path, directory = self.place(operation)
        os.mkfifo(path, operation["mode"], dir_fd=directory)

    def do_truncate(self, operation):
        os.truncate(self.path(operation), operation["size"])

    def do_chmod(self, operation):
        path, directory = self.place(operation)
        os.chmod(path, operation["mode"], dir_fd=directory)

    def do_chown(self, operation):
        path, directory = self.place(operation)
        os.chown(path, operation["uid"], operation["gid"], dir_fd=directory, follow_symlinks=operation["follow"])

    def do_utime(self, operation):
        path, directory = self.place(operation)
        os.utime(path, dir_fd=directory, follow_symlinks=operation["follow"], **times(operation))

    def do_setxattr(self, operation):
        flags = {"any": 0, "create": os.XATTR_CREATE, "replace": os.XATTR_REPLACE}[operation["how"]]
        os.setxattr(self.path(operation), operation["name"], content(operation), flags, follow_symlinks=operation["follow"])

    def do_getxattr(self, operation):
        return digest(os.getxattr(self.path(operation), operation["name"], follow_symlinks=operation["follow"]))

    def do_removexattr(self, operation):
        os.removexattr(self.path(operation), operation["name"], follow_symlinks=operation["follow"])

    def do_picture(self, operation):
        return picture(self.path(operation), self.began)

    # Several calls

    def do_save(self, operation):
        """As an editor saves: another name, synced, then over the old one."""
        path = self.path(operation)
        temporary = path + ".tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            os.write(descriptor, content(operation))
            if operation["flush"]:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.rename(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise

    def do_temporary(self, operation):
        """O_TMPFILE."""
        descriptor = os.open(self.path(operation), os.O_TMPFILE | os.O_RDWR, 0o600)
        os.close(descriptor)

    def do_pause(self, operation):
        """Time for what a mount does later."""
        time.sleep(operation["seconds"])

    def do_remove_tree(self, operation):
        """rm -rf."""
        for parent, directories, files in os.walk(self.path(operation), topdown=False):
            for name in files:
                os.unlink(os.path.join(parent, name))
            for name in directories:
                path = os.path.join(parent, name)
                os.unlink(path) if stat.S_ISLNK(os.lstat(path).st_mode) else os.rmdir(path)
        os.rmdir(self.path(operation))
