# SPDX-License-Identifier: Apache-2.0
"""Processes whose time, CPU and memory are measured: a command, a server, a mount's daemon."""

import json
import os
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")


def timed(command, stdout=subprocess.DEVNULL, keep=False):
    """Runs a command; seconds and its own user and system CPU. Ends the program if it fails."""
    begin = time.monotonic()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if keep else stdout, stderr=subprocess.PIPE)
    output = child.stdout.read() if keep else b""
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or errors:
        sys.exit(f"compare: {' '.join(command)}: status {child.returncode}: {errors.decode(errors='replace')[:1000]}")
    result = {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime}
    if keep:
        result["output"] = output
    return result


class Server:
    """SeaweedFS under scripts/test-server; its credentials become this process's environment."""

    def __init__(self, program, bucket):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
        self.process = subprocess.Popen([program, "seaweedfs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        greeting = self.answer()
        self.endpoint = greeting["endpoint"]
        self.region = greeting["region"]
        os.environ["AWS_ACCESS_KEY_ID"] = greeting["accessKeyID"]
        os.environ["AWS_SECRET_ACCESS_KEY"] = greeting["secretAccessKey"]
        os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = self.region
        self.process.stdin.write(f"bucket {bucket}\n".encode())
        self.process.stdin.flush()
        self.answer()

    def answer(self):
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            sys.exit(f"compare: {reply['error']}")
        return reply

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Daemon:
    """A mount and the process that serves it."""

    def __init__(self, program, source, place, arguments):
        self.program = program
        self.place = place
        done = subprocess.run([program, "mount", source, place, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"compare: pail mount: {done.stderr.strip()}")
        self.pid = self.status()["pid"]

    def status(self):
        done = subprocess.run([self.program, "status", self.place, "--json"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"compare: pail status: {done.stderr.strip()}")
        answer = json.loads(done.stdout)
        return answer[0] if isinstance(answer, list) else answer

    def requests(self):
        """S3 requests since the mount, by operation."""
        return self.status()["requests"]

    def cpu(self):
        """User and system seconds of the daemon so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def peak_memory(self):
        """The largest resident size so far, in KiB."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))

    def measure(self, command, **options):
        """Like `timed`, with the daemon's CPU in place of the command's, which is `command_cpu`."""
        before = self.cpu()
        run = timed(command, **options)
        run["command_cpu"] = run["cpu"]
        run["cpu"] = self.cpu() - before
        return run

    def unmount(self):
        done = subprocess.run([self.program, "umount", self.place], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)
        if done.returncode:
            sys.exit(f"compare: pail umount: {done.stderr.strip()}")
        deadline = time.monotonic() + 30
        while os.path.exists(f"/proc/{self.pid}") and time.monotonic() < deadline:
            time.sleep(0.02)
