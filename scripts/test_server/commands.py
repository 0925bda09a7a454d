# SPDX-License-Identifier: Apache-2.0
"""The conversation with the caller of a server: one command a line on standard input, one JSON answer a line."""

import http.client
import json
import os
import signal
import sys

from .error import ServerError


def answer(**value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def leave_caller():
    """Makes this program one that ends with its caller's pipe, and with nothing else of the caller's."""
    # Descriptors that leaked from the caller would keep its pipes, sockets and mounts open.
    os.closerange(3, 65_536)
    try:
        os.setsid()
    except PermissionError:
        pass  # The leader of a process group already: started by an interactive shell.
    # A caller's thread may have had signals blocked; the server needs its SIGTERM.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # Cleaning up must not be interrupted by the Ctrl-C that ended the caller.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def perform(server, line):
    """Does what `line` says; the answer is an object. The commands are described in scripts/test-server."""
    verb, _, argument = line.strip().partition(" ")
    if verb == "stop":
        server.end()
    elif verb == "kill":
        server.signal(signal.SIGKILL)
        server.kill()
    elif verb == "pause":
        server.signal(signal.SIGSTOP)
        # Signals arrive when they arrive: until then it may still answer.
        os.waitid(os.P_PID, server.process.pid, os.WSTOPPED | os.WNOWAIT)
    elif verb == "resume":
        server.signal(signal.SIGCONT)
    elif verb == "restart":
        server.end()
        server.launch()
    elif verb == "bucket":
        server.create_bucket(argument)
    else:
        raise ServerError(f"unknown command: {verb}")
    return {"processID": server.process.pid if server.process else 0}


def converse(perform_line):
    """Answers commands until the input ends; `perform_line` does one."""
    for line in sys.stdin:
        try:
            reply = perform_line(line)
        except (ServerError, OSError, http.client.HTTPException) as error:
            reply = {"error": str(error)}
        answer(**reply)
