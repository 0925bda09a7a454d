# SPDX-License-Identifier: Apache-2.0
"""One crash: writers write, something ends without a warning, and what is there afterwards is compared with their logs.

The steps of a point: mount; two writers, each in a directory of its own; the fault at the alarm of the first one and some
milliseconds more; the tree as the mount shows it before it is asked for anything else (after a new mount with the same cache
directory where the daemon was killed); `pail umount`, which must upload everything; then the same tree once more
through an empty cache directory, and by boto3.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import verdict
from mounted import Mount
from snapshot import snapshot
from tree import Tree

HERE = os.path.dirname(os.path.abspath(__file__))
WRITERS = ("w0", "w1")
# What a server that is started again, or a close without one, may take.
PATIENCE = 180


class Loss(Exception):
    """What was found is not what must be there."""


@dataclass
class Settings:
    """All that is random of a point but the content."""
    fault: str
    mode: str
    delay: str
    seed: int
    # The operation of the first writer at which it happens, and how many seconds later.
    alarm: int
    pause: float

    @classmethod
    def choose(cls, random, fault):
        return cls(
            fault=fault, mode=random.choice(("close", "delayed")), delay=random.choice(("100ms", "500ms", "1h")),
            seed=random.randrange(1 << 32), alarm=random.randrange(1, 60),
            pause=random.choice((0, 0.002, 0.01, 0.05, 0.2)) * random.random())

    @property
    def options(self):
        delay = [f"write-back-delay={self.delay}"] if self.mode == "delayed" else []
        return [f"write-back={self.mode}", "part-size=5M", *delay]

    def __str__(self):
        delay = f" {self.delay}" if self.mode == "delayed" else ""
        return f"{self.fault}, {self.mode}{delay}, at operation {self.alarm} + {self.pause * 1_000:.1f} ms"


class Point:
    """`trees` are what the writers found when they began: files and directories by writer."""

    def __init__(self, store, directory, number, settings, trees):
        self.store, self.settings, self.trees = store, settings, trees
        self.directory = os.path.join(directory, f"point-{number}")
        self.place = os.path.join(directory, "mnt")
        self.cache = os.path.join(self.directory, "cache")
        self.mount = None
        self.notes = []
        os.makedirs(self.place, exist_ok=True)
        os.mkdir(self.directory)
        os.mkdir(self.cache, 0o700)

    def run(self):
        """The trees that are there at the end. Raises Loss, or OSError when a step did not work."""
        if self.settings.fault == "full":
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "pail-crash", self.cache], check=True)
        try:
            return self.steps()
        finally:
            if self.mount is not None:
                self.mount.clear()
            if os.path.ismount(self.cache):
                subprocess.run(["umount", self.cache], check=True)

    def steps(self):
        self.mount = self.mounted(self.cache)
        for name in WRITERS:
            os.makedirs(os.path.join(self.place, name), exist_ok=True)
        logs = self.write()
        found = self.shown()
        trees = self.judge("the mount", found, logs)
        self.mount.unmount()
        # From here on nothing is under way: what was shown must stay.
        empty = os.path.join(self.directory, "empty")
        os.mkdir(empty, 0o700)
        self.mount = self.mounted(empty)
        self.compare("an empty cache", snapshot(self.place), trees)
        self.mount.unmount()
        self.mount = None
        self.compare("the bucket", self.store.contents(), trees)
        shutil.rmtree(self.directory) if self.settings.fault != "full" else None
        return trees

    def mounted(self, cache):
        return Mount(self.store.bucket, self.place, cache, os.path.join(self.directory, "log"), self.settings.options)

    # Writing

    def write(self):
        """Runs the writers into the fault; by writer, its log."""
        settings = self.settings
        processes = []
        for index, name in enumerate(WRITERS):
            start = os.path.join(self.directory, f"{name}.start")
            with open(start, "w", encoding="utf-8") as file:
                files, directories = self.trees[name]
                json.dump({"files": {path: len(data) for path, data in files.items()},
                           "directories": sorted(directories)}, file)
            alarm = settings.alarm if index == 0 else -1
            processes.append(subprocess.Popen(
                [sys.executable, os.path.join(HERE, "writer.py"), os.path.join(self.place, name), self.log(name), start,
                 str(settings.seed + index), str(settings.alarm + 40), str(alarm),
                 "1" if settings.fault == "full" and index == 0 else "0"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE))
        try:
            said = processes[0].stdout.readline()
            if not said:
                raise OSError(f"the writer ended before its alarm: {self.events(WRITERS[0])[-1:]}")
            time.sleep(settings.pause)
            before = {name: self.events(name) for name in WRITERS}
            self.strike()
            for process in processes:
                process.wait(PATIENCE)
        finally:
            for process in processes:
                process.kill()
                process.wait()
        for name, events in before.items():
            for operation, result in events:
                if result is not None and result.get("errno", "ENOSPC") != "ENOSPC":
                    raise Loss(f"{name}: {operation} failed with {result['errno']} before anything was killed")
        return {name: self.events(name) for name in WRITERS}

    def strike(self):
        fault = self.settings.fault
        if fault == "both" and self.settings.seed % 2:
            self.store.kill()
        if fault in ("daemon", "both", "full"):
            self.mount.kill()
        if fault == "server" or fault == "both" and not self.settings.seed % 2:
            self.store.kill()

    def shown(self):
        """What the mount shows first."""
        if self.settings.fault != "daemon" and self.settings.fault != "full":
            self.store.restart()
        if self.settings.fault != "server":
            self.mount.wait_for_end()
            self.mount = self.mounted(self.cache)
        return snapshot(self.place)

    def log(self, name):
        return os.path.join(self.directory, f"{name}.log")

    def events(self, name):
        return verdict.events(self.log(name))

    # Judging

    def judge(self, where, found, logs):
        """Compares with what the logs allow; the trees that were found, which are the truth from now on."""
        problems, result = [], {}
        for name in WRITERS:
            tree = Tree(*self.trees[name])
            under_way = verdict.replay(tree, logs[name])
            files, directories = below(found, name)
            problems += [f"{name}/{line}" for line in verdict.problems(tree, under_way, files, directories)]
            result[name] = (files, directories)
        self.raise_if(where, problems + strangers(found))
        full = sum(result is not None and result.get("errno") == "ENOSPC" for log in logs.values() for _, result in log)
        self.notes.append(f"{sum(len(log) for log in logs.values())} operations")
        if full:
            self.notes.append(f"{full} ENOSPC")
        return result

    def compare(self, where, found, trees):
        problems = []
        for name in WRITERS:
            lines = verdict.problems(Tree(*trees[name]), [], *below(found, name))
            problems += [f"{name}/{line}" for line in lines]
        self.raise_if(where, problems + strangers(found))

    def raise_if(self, where, problems):
        if problems:
            raise Loss(f"{where} differs from what was acknowledged:\n  " + "\n  ".join(problems[:20]))


def below(found, name):
    files, directories = found
    prefix = name + "/"
    return ({path[len(prefix):]: data for path, data in files.items() if path.startswith(prefix)},
            {path[len(prefix):] for path in directories if path.startswith(prefix)})


def strangers(found):
    """What lies outside of the writers' directories."""
    names = {path.partition("/")[0] for path in [*found[0], *found[1]]}
    return [f"{name}: nobody made it" for name in sorted(names - set(WRITERS))]
