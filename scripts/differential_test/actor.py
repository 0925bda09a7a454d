# SPDX-License-Identifier: Apache-2.0
"""A process that does what it is told on both sides, first on the local one.

    actor.py LOCAL MOUNT BEGAN

A line of standard input is a JSON list of operations; the answer is a line with the list of [local result, mount result]. It ends
with its input.
"""

import json
import os
import sys

sys.dont_write_bytecode = True

from side import Side  # noqa: E402


def main():
    local, mount, began = sys.argv[1:]
    os.umask(0o022)
    if os.geteuid() == 0:
        os.setgroups([])
    sides = (Side(local, int(began)), Side(mount, int(began)))
    for line in sys.stdin:
        answers = [[side.perform(operation) for side in chosen(operation, sides)] for operation in json.loads(line)]
        print(json.dumps(answers), flush=True)


def chosen(operation, sides):
    """`only` names a side for operations that the other one must not see."""
    return sides if "only" not in operation else sides[operation["only"]:operation["only"] + 1]


if __name__ == "__main__":
    main()
