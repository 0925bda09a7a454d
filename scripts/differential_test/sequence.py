# SPDX-License-Identifier: Apache-2.0
"""One sequence of operations in a directory of its own, in steps between which the mount is made anew.

A sequence is: operations; all descriptors closed and the trees compared; a new mount; the trees compared; again operations, now on
objects that only the bucket has; and the same end. In a replay the operations are given, in a run they are chosen.
"""

import random

from cell import Cell, Difference
from generator import Generator


class Sequence:
    def __init__(self, run, place, seed, operations=None):
        self.run, self.place, self.seed = run, place, seed
        self.cell = Cell(run.local, run.place, run.began)
        self.planned = None if operations is None else list(operations)
        self.generator = Generator(random.Random(seed), run.local, place, run.refused)

    def begin(self):
        self.cell.perform({"op": "mkdir", "path": self.place, "mode": 0o777})

    def operate(self, count):
        """The operations up to the next mount."""
        if self.planned is not None:
            while self.planned and self.planned[0]["op"] != "remount":
                self.cell.perform(self.planned.pop(0))
            self.planned[:1] = []
        else:
            for _ in range(count):
                operation = self.generator.next(len(self.cell.actors))
                self.generator.learn(operation, self.cell.perform(operation))
            self.cell.done.append({"op": "remount"})

    def settle(self):
        """Nothing is open any more, and the trees are the same."""
        self.cell.close_all()
        self.generator.forget_open()
        self.compare()

    def compare(self):
        self.cell.perform({"op": "picture", "path": self.place})

    def remove(self):
        self.cell.perform({"op": "remove_tree", "path": self.place})

    @property
    def operations(self):
        """What a replay needs."""
        kept = [operation for operation in self.cell.done if operation["op"] not in ("close_all", "remove_tree")]
        return kept[1:]

    def end(self):
        self.cell.end()


__all__ = ["Difference", "Sequence"]
