# SPDX-License-Identifier: Apache-2.0
"""Kills a process right before its N-th system call that changes the index or the names of a cache directory.

    tracer.py PID CACHE-DIRECTORY N

For: a crash at each step, and none left out. Random moments hit the long steps; between the write of a record and the removal of
the bytes that it names lie microseconds. So the daemon is watched with ptrace(2), from outside: no hook in the product, no
debugger. The calls are counted over all threads, in the order in which the kernel sees them. A signal that arrives at the
entry of a call kills before the call does anything: N = 1 is "before the first change", the last N + 1 "after the last".
State: the threads that are traced and the count. It prints `ready`, then `killed NAME` or, once its input ends, `ended COUNT`.
What can go wrong: a process that another one traces already (a debugger); ptrace that is forbidden (kernel.yama.ptrace_scope,
see ptrace(2)); it says so and ends with status 1.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
import threading

SEIZE, SYSCALL, CONT, GETEVENTMSG, LISTEN, INTERRUPT = 0x4206, 24, 7, 0x4201, 0x4208, 0x4207
GET_SYSCALL_INFO = 0x420E
OPTION_SYSGOOD, OPTION_CLONE = 1, 8
EVENT_STOP = 128
WALL = 0x40000000

# System calls that change what is in a file or directory, with what tells the file: a descriptor (d) or a path (p), and the
# place of that among the arguments (asm/unistd.h).
CALLS = {
    "x86_64": {
        18: ("pwrite64", "d", 0), 1: ("write", "d", 0), 77: ("ftruncate", "d", 0), 74: ("fsync", "d", 0),
        75: ("fdatasync", "d", 0), 87: ("unlink", "p", 0), 263: ("unlinkat", "p", 1), 82: ("rename", "p", 1),
        264: ("renameat", "p", 3), 316: ("renameat2", "p", 3), 285: ("fallocate", "d", 0),
    },
    "aarch64": {
        68: ("pwrite64", "d", 0), 64: ("write", "d", 0), 46: ("ftruncate", "d", 0), 82: ("fsync", "d", 0),
        83: ("fdatasync", "d", 0), 35: ("unlinkat", "p", 1), 38: ("renameat", "p", 3), 276: ("renameat2", "p", 3),
        47: ("fallocate", "d", 0),
    },
}

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread, address=0, data=0):
    if libc.ptrace(request, thread, address, data) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


class Tracer:
    def __init__(self, pid, directory, wanted):
        self.pid, self.directory, self.wanted = pid, os.path.realpath(directory), wanted
        self.calls = CALLS[platform.machine()]
        self.count = 0
        self.buffer = ctypes.create_string_buffer(88)

    def seize(self):
        """All threads: those that one makes meanwhile appear in the next look."""
        seized = set()
        while True:
            new = {int(name) for name in os.listdir(f"/proc/{self.pid}/task")} - seized
            if not new:
                return
            for thread in new:
                seized.add(thread)
                try:
                    ptrace(SEIZE, thread, 0, OPTION_SYSGOOD | OPTION_CLONE)
                    # From the next stop on it stops at system calls.
                    ptrace(INTERRUPT, thread)
                except ProcessLookupError:
                    # It has ended meanwhile; the process itself must not.
                    if thread == self.pid:
                        raise

    def step(self, thread):
        """The name of the call that `thread` is about to make, if it is a step."""
        size = libc.ptrace(GET_SYSCALL_INFO, thread, len(self.buffer), ctypes.addressof(self.buffer))
        # struct ptrace_syscall_info: kind (1 is an entry), then at 24 the number and six arguments.
        if size <= 0 or self.buffer.raw[0] != 1:
            return None
        number, *arguments = struct.unpack_from("<7Q", self.buffer.raw, 24)
        if number not in self.calls:
            return None
        name, kind, place = self.calls[number]
        try:
            if kind == "d":
                path = os.readlink(f"/proc/{self.pid}/fd/{ctypes.c_int(arguments[place] & 0xffffffff).value}")
            else:
                path = self.text(arguments[place])
        except (OSError, UnicodeDecodeError):
            return None
        path = path.removesuffix(" (deleted)")
        if not path.startswith(self.directory):
            return None
        # The bytes of files are no step: random moments hit them.
        isBytes = path.startswith(self.directory + "/data/") and name in ("pwrite64", "write", "fallocate")
        return None if isBytes else f"{name} {os.path.relpath(path, self.directory)}"

    def text(self, address):
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(512).split(b"\0")[0].decode()

    def run(self):
        while True:
            try:
                thread, status = os.waitpid(-1, WALL)
            except ChildProcessError:
                return "gone"
            if not os.WIFSTOPPED(status):
                continue
            number, event = os.WSTOPSIG(status), status >> 16
            if number == signal.SIGTRAP | 0x80:
                name = self.step(thread)
                if name:
                    self.count += 1
                    if self.count == self.wanted:
                        os.kill(self.pid, signal.SIGKILL)
                        return f"killed {name}"
                self.resume(SYSCALL, thread)
            elif event == EVENT_STOP:
                # An interrupt, a new thread, or a stop of the whole process, which is left as it is.
                stopped = number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
                self.resume(LISTEN if stopped else SYSCALL, thread)
            else:
                # Events of ptrace bring a signal of their own; others are the process's.
                self.resume(SYSCALL, thread, 0 if event else number)

    def resume(self, request, thread, number=0):
        try:
            ptrace(request, thread, 0, number)
        except ProcessLookupError:
            pass  # Killed meanwhile.


def main():
    pid, directory, wanted = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    tracer = Tracer(pid, directory, wanted)
    try:
        tracer.seize()
    except OSError as error:
        sys.exit(f"tracer: cannot trace {pid}: {error}")
    print("ready", flush=True)

    def leave():
        sys.stdin.read()
        print(f"ended {tracer.count}", flush=True)
        # The kernel lets go of all threads when the tracer ends.
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()
    print(tracer.run(), tracer.count, flush=True)


if __name__ == "__main__":
    main()
