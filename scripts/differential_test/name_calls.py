# SPDX-License-Identifier: Apache-2.0
"""System calls on names, and what programs do in several of them."""

import os
import stat
import time

import libc
from picture import attributes, picture
from values import content, digest, times


class NameCalls:
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
