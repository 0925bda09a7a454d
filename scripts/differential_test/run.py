# SPDX-License-Identifier: Apache-2.0
"""A mount in one write-back mode, and the sequences on it.

State: the bucket, the mount, the directories. One thread drives the mount; the sequences of an epoch run beside each other, on
threads of a pool, and wait for each other where the mount is made anew.
"""

import concurrent.futures
import json
import os
import shutil
import threading
import time

from cell import Cell, Difference
from deviations import REFUSED
from mounted import Mount
from sequence import Sequence

# Operations before and after the first new mount.
LENGTHS = (150, 100)
OPTIONS = ["allow_other", "part-size=5M"]
DELAY = ["write-back-delay=300ms"]


class Run:
    def __init__(self, store, directory, mode, cells, pace=0.0):
        self.store, self.mode, self.pace, self.cells = store, mode, pace, cells
        self.directory = os.path.join(directory, mode)
        self.local, self.place, self.cache = (os.path.join(self.directory, name) for name in ("local", "mnt", "cache"))
        for name in (self.directory, self.local, self.place):
            os.mkdir(name, 0o755)
        os.mkdir(self.cache, 0o700)
        self.began = time.time_ns()
        self.bucket = store.new_bucket()
        self.mount = None
        self.refused = set()
        self.count = 0

    def start(self):
        options = [f"write-back={self.mode}", *OPTIONS, *(DELAY if self.mode == "delayed" else [])]
        self.mount = Mount(self.bucket, self.place, self.cache, os.path.join(self.directory, "log"), options)

    def remount(self, empty=True):
        """All is uploaded; with an empty cache whatever is there comes from the bucket."""
        self.mount.unmount()
        if empty:
            shutil.rmtree(self.cache)
            os.mkdir(self.cache, 0o700)
        self.start()

    def probe(self):
        """Which operations are refused; each must be one that deviations.py lists. Raises Difference."""
        cell = Cell(self.local, self.place, self.began)
        opened = {"op": "open", "path": "probe/file", "slot": 1, "flags": ["O_RDWR", "O_CREAT"], "mode": 0o644}
        room = {"op": "fallocate", "slot": 1, "offset": 0, "length": 10}
        named = {"path": "probe/file", "length": 1, "seed": 1, "how": "any", "follow": True}
        trials = {
            "link": {"op": "link", "path": "probe/file", "to": "probe/link"},
            "fifo": {"op": "fifo", "path": "probe/fifo", "mode": 0o600},
            "temporary": {"op": "temporary", "path": "probe"},
            "exchange": {"op": "exchange", "path": "probe/file", "to": "probe/other"},
            "fallocate": {**room, "how": 0}, "punch": {**room, "how": 3}, "zero": {**room, "how": 16},
            "invalid_name": {"op": "open", "path": "probe/\udcff", "slot": 2, "flags": ["O_RDWR", "O_CREAT"], "mode": 0o644},
            "capital_xattr": {"op": "setxattr", "name": "user.Capital", **named},
        }
        try:
            for operation in ({"op": "mkdir", "path": "probe", "mode": 0o755}, opened, {**opened, "path": "probe/other"}):
                cell.perform(operation)
            for name, operation in trials.items():
                cell.actors[0].send([operation])
                ((local, mount),) = cell.actors[0].answers()
                expected = REFUSED.get(name, ("none",))[0]
                if mount == {"errno": expected}:
                    self.refused.add(name)
                elif mount != local:
                    raise Difference(f"{name}: local {local}, mount {mount}, and deviations.py has {expected}")
            cell.perform({"op": "close_all"})
            for root in (0, 1):
                cell.actors[0].send([{"op": "remove_tree", "path": "probe", "only": root}])
                cell.actors[0].answers()
        finally:
            cell.end()

    def all(self, pool, sequences, step):
        """`step` of every sequence at once; raises the first difference, after all have come to an end."""
        futures = [pool.submit(step, sequence) for sequence in sequences]
        concurrent.futures.wait(futures)
        for sequence, future in zip(sequences, futures):
            try:
                future.result()
            except Difference as problem:
                problem.sequence = sequence
                raise

    def epoch(self, number, sequences, lengths=LENGTHS):
        """Raises Difference."""
        with concurrent.futures.ThreadPoolExecutor(len(sequences)) as pool:
            try:
                self.all(pool, sequences, lambda sequence: sequence.begin())
                for index, length in enumerate(lengths):
                    self.all(pool, sequences, lambda sequence: sequence.operate(length))
                    self.all(pool, sequences, lambda sequence: sequence.settle())
                    # Every other time the cache knows more than the bucket tells.
                    self.remount(empty=(number + index) % 3 != 2)
                    self.all(pool, sequences, lambda sequence: sequence.compare())
                self.all(pool, sequences, lambda sequence: sequence.remove())
            finally:
                for sequence in sequences:
                    sequence.end()
        self.count += sum(len(sequence.cell.done) for sequence in sequences)

    def clear(self):
        if self.mount:
            self.mount.clear()


class Worker(threading.Thread):
    """Epochs in one mode until the time is over, or a difference."""

    def __init__(self, run, seed, end):
        super().__init__()
        self.run_, self.seed, self.end_ = run, seed, end
        self.failure = None
        self.epochs = 0

    def run(self):
        run = self.run_
        try:
            run.start()
            run.probe()
            while self.epochs == 0 or time.monotonic() < self.end_:
                seeds = [f"{self.seed} {run.mode} {self.epochs} {cell}" for cell in range(run.cells)]
                run.epoch(self.epochs, [Sequence(run, f"s{self.epochs}-{cell}", seed) for cell, seed in enumerate(seeds)])
                self.epochs += 1
            run.mount.unmount()
        except Difference as problem:
            self.failure = str(problem)
            sequence = getattr(problem, "sequence", None)
            if sequence:
                path = os.path.join(run.directory, "replay")
                save(path, run, sequence)
                last = "\n  ".join(json.dumps(operation) for operation in sequence.operations[-15:])
                self.failure += f"\n  the last operations of this sequence:\n  {last}\n  to do it again: --replay {path}"
        except Exception as error:  # noqa: BLE001 the thread's end is the run's
            self.failure = f"{type(error).__name__}: {error}"


def save(path, run, sequence):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"mode": run.mode, "place": sequence.place, "operations": sequence.operations}, file, indent=0)
