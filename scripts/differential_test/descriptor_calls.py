# SPDX-License-Identifier: Apache-2.0
"""System calls on what is open; `slots` has the descriptors, so that both sides can have other numbers."""

import errno
import fcntl
import mmap
import os
import stat

import libc
from picture import attributes
from values import content, digest, times


class DescriptorCalls:
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
