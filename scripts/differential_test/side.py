# SPDX-License-Identifier: Apache-2.0
"""One of the two directories that are compared, and the system calls on it.

State: the descriptors that are open, by slot, so that both sides can have other numbers. An operation is a dictionary, so that a
line of a log is one: `op`, its arguments, optionally `at` (the slot of an open directory that `path` begins at) and `as` (a user
other than root). A result is {"value": ...} or {"errno": "ENOENT"}. Paths are text in the form of os.fsdecode.
"""

import errno
import os

from descriptor_calls import DescriptorCalls
from name_calls import NameCalls


class Side(DescriptorCalls, NameCalls):
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
