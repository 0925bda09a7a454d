# SPDX-License-Identifier: Apache-2.0
"""Some processes that work on one pair of directories, one operation after the other or each a list of its own at once.

The order is the same on both sides, so the results must be. Operations that are done "together" are on names of their own, so that
their order does not matter. State: the processes; what was done, for a replay. One thread drives a cell. It never touches
the mount: an operation without an answer is a finding like any other.
"""

import json
import os
import select
import subprocess
import sys

from deviations import differences

ACTORS = 3
# What the slowest operation may take: a close that uploads a large file while others do.
PATIENCE = 120
HERE = os.path.dirname(os.path.abspath(__file__))


class Difference(Exception):
    """The mount did something else than the local disk."""


class Actor:
    def __init__(self, local, mount, began):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "actor.py"), local, mount, str(began)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, operations):
        self.process.stdin.write((json.dumps(operations) + "\n").encode())
        self.process.stdin.flush()

    def answers(self):
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        if not ready:
            raise Difference(f"no answer within {PATIENCE} s")
        line = self.process.stdout.readline()
        if not line:
            raise Difference("the process ended")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()


class Cell:
    def __init__(self, local, mount, began):
        self.done = []
        self.actors = [Actor(local, mount, began) for _ in range(ACTORS)]

    def perform(self, operation):
        """Does it on both sides; returns the local result. Raises Difference."""
        self.done.append(operation)
        if operation["op"] == "together":
            return self.together(operation)
        actor = self.actors[operation.get("by", 0)]
        try:
            actor.send([operation])
            (results,) = actor.answers()
        except Difference as problem:
            raise Difference(f"{json.dumps(operation)}: {problem}") from None
        self.compare(operation, results)
        return results[0]

    def together(self, operation):
        lists = operation["lists"]
        for actor, operations in zip(self.actors, lists):
            actor.send(operations)
        for actor, operations in zip(self.actors, lists):
            for part, results in zip(operations, actor.answers()):
                self.compare(part, results)
        return {"value": None}

    def compare(self, operation, results):
        if "only" in operation:
            if results[0] != operation["expected"]:
                raise Difference(f"{json.dumps(operation)}:\n  mount {results[0]}, expected {operation['expected']}")
            return
        lines = differences(operation, *results)
        if lines:
            raise Difference("\n  ".join([json.dumps(operation) + ":", *lines[:12]]))

    def close_all(self):
        for index in range(ACTORS):
            self.perform({"op": "close_all", "by": index})

    def end(self):
        for actor in self.actors:
            actor.end()
