# SPDX-License-Identifier: Apache-2.0
"""A mount of the bucket, and the daemon behind it."""

import errno
import json
import os
import signal
import subprocess
import time

PAIL = os.environ.get("PAIL", "")


def pail(*arguments, seconds=120):
    return subprocess.run([PAIL, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=seconds)


def is_running(pid):
    """A zombie has ended: whoever adopts orphans here may never look after them."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, sentence, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise OSError(f"{sentence}, after {seconds} s")
        time.sleep(0.005)


class Mount:
    """Mounts `bucket` at `place` with the cache directory `cache`."""

    def __init__(self, bucket, place, cache, log, options):
        self.place = place
        self.log = log
        arguments = [word for option in options for word in ("-o", option)]
        done = pail("mount", bucket, place, "--cache-dir", cache, "--log-file", log, *arguments)
        if done.returncode:
            raise OSError(f"pail mount: {done.stderr.strip()}")
        self.pid = self.status()["pid"]

    def status(self):
        done = pail("status", self.place, "--json")
        if done.returncode:
            raise OSError(f"pail status: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait_for_end(self):
        """Until the daemon has ended and the mount answers nobody."""
        wait_until(lambda: not is_running(self.pid), f"the daemon (pid {self.pid}) is still running")
        wait_until(self.is_dead, f"{self.place} still answers")

    def is_dead(self):
        try:
            os.statvfs(self.place)
        except OSError as error:
            return error.errno == errno.ENOTCONN
        return False

    def unmount(self):
        """Drains; nothing may be left behind."""
        done = pail("umount", self.place)
        if done.returncode:
            raise OSError(f"pail umount: status {done.returncode}: {done.stderr.strip()[-1000:]}")
        wait_until(lambda: not is_running(self.pid), f"the daemon (pid {self.pid}) is still running")

    def clear(self):
        """Whatever happened: no process and no mount."""
        if is_running(self.pid):
            os.kill(self.pid, signal.SIGKILL)
        subprocess.run(["umount", "-l", self.place], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
