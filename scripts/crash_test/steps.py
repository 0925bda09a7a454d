# SPDX-License-Identifier: Apache-2.0
"""Crashes at each step that changes the index: the same operations again and again, and a daemon killed one step later each time.

A step is a system call that changes the index, its log or the names beside it (tracer.py). The steps go on through `pail umount`,
whose uploads clear the index; a sweep ends with the first run that nobody killed.
"""

import os
import shutil
import subprocess
import sys

import verdict
from mounted import Mount, is_running, pail, wait_until
from point import PATIENCE, Loss
from snapshot import snapshot
from tree import Tree

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = (["write-back=close"], ["write-back=delayed", "write-back-delay=1h"], ["write-back=delayed", "write-back-delay=20ms"])


class Step:
    """The run that is killed at step `number`; in a prefix of the bucket that nobody has used."""

    def __init__(self, store, directory, options, number, label):
        self.store, self.number = store, number
        self.options = [*options, "part-size=5M"]
        self.prefix = f"{label}-{number}"
        self.directory = os.path.join(directory, self.prefix)
        self.place = os.path.join(directory, "mnt")
        self.cache = os.path.join(self.directory, "cache")
        self.log = os.path.join(self.directory, "operations")
        os.makedirs(self.place, exist_ok=True)
        os.mkdir(self.directory)
        os.mkdir(self.cache, 0o700)
        self.mount = None

    def mounted(self):
        source = f"s3://{self.store.bucket}/{self.prefix}"
        return Mount(source, self.place, self.cache, os.path.join(self.directory, "log"), self.options)

    def run(self):
        """The step's name, None when there are fewer. Raises Loss, or OSError when something did not work."""
        try:
            return self.steps()
        finally:
            if self.mount is not None:
                self.mount.clear()

    def steps(self):
        self.mount = self.mounted()
        ended = self.traced()
        tree = Tree()
        under_way = verdict.replay(tree, self.events())
        if ended is not None:
            wait_until(lambda: not is_running(self.mount.pid), "the daemon is still running")
            if os.path.ismount(self.place) or self.mount.is_dead():
                self.mount.wait_for_end()
            self.mount = self.mounted()
            found = snapshot(self.place)
            self.raise_if(ended, "the mount", verdict.problems(tree, under_way, *found))
            tree, under_way = Tree(*found), []
            self.mount.unmount()
        self.mount = None
        found = self.store.contents(self.prefix + "/")
        self.raise_if(ended, "the bucket", verdict.problems(tree, under_way, *found))
        shutil.rmtree(self.directory)
        return ended

    def raise_if(self, ended, where, problems):
        if problems:
            raise Loss(f"{ended}: {where} differs from what was acknowledged:\n  " + "\n  ".join(problems))

    def traced(self):
        """Writes and unmounts under a tracer's eyes; its last word."""
        tracer = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "tracer.py"), str(self.mount.pid), self.cache, str(self.number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if tracer.stdout.readline() != "ready\n":
                raise OSError("the daemon cannot be traced: its words are above")
            start = os.path.join(self.directory, "start")
            with open(start, "w", encoding="utf-8") as file:
                file.write('{"files": {}, "directories": []}')
            subprocess.run([sys.executable, os.path.join(HERE, "writer.py"), self.place, self.log, start, "scenario", "1000",
                            "-1", "0"], stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True)
            if is_running(self.mount.pid):
                # It may be killed in the middle of that.
                done = pail("umount", self.place)
            tracer.stdin.close()
            said = tracer.stdout.read().split()
        finally:
            tracer.kill()
            tracer.wait()
        if said and said[0] == "killed":
            return " ".join(said[1:])
        if done.returncode:
            raise OSError(f"pail umount: status {done.returncode}: {done.stderr.strip()[-1000:]}")
        return None

    def events(self):
        events = verdict.events(self.log)
        for operation, result in events[:-1]:
            if "errno" in result:
                raise Loss(f"{operation} failed with {result['errno']}")
        return events


def sweep(store, directory, every, first, mode=None):
    """Yields, for each step that was tried, a line and whether it was fine; `every` n-th from the `first` on."""
    for options in MODES:
        if mode is not None and options[0] != f"write-back={mode}":
            continue
        label = "-".join(word.rpartition("=")[2] for word in options)
        number, inARow = first, 0
        # When none works any more, no run ever comes to its end.
        while inARow < 3:
            step = Step(store, directory, options, number, label)
            try:
                name = step.run()
            except (Loss, OSError) as error:
                yield f"{label}, step {number}: {error}\n  logs in {step.directory}", False
                inARow += 1
            else:
                inARow = 0
                if name is None:
                    break
                yield f"{label}, step {number}: {name}: fine", True
            number += every
