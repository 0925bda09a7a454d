# SPDX-License-Identifier: Apache-2.0
"""Does the same random operations on a mount and on a directory of the local disk, and compares every result.

Both write-back modes at once, each with a bucket and a mount of its own, and several groups of three processes on each mount. What
may differ is listed in deviations.py, with reasons. At the first difference it prints the operation and the ones before it, and
leaves a file for --replay, which --shrink makes as short as it can. A seed gives the same operations again.
Needs root: processes act as other users.
"""

import argparse
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "crash_test"))

from cell import Difference  # noqa: E402
from run import Run, Worker, save  # noqa: E402
from sequence import Sequence  # noqa: E402
from shrink import shrink  # noqa: E402
from store import Store  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="when to begin nothing new (120)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of everything (random)")
    parser.add_argument("--mode", choices=("close", "delayed"), help="only this write-back mode")
    parser.add_argument("--cells", type=int, default=2, help="groups of three processes on a mount (2)")
    parser.add_argument("--store", choices=("ministack", "seaweedfs"), default="ministack", help="server (ministack)")
    parser.add_argument("--replay", metavar="FILE", help="only the operations of this file")
    parser.add_argument("--shrink", action="store_true", help="with --replay: leave out what is not needed, and save that")
    return parser.parse_args()


def main():
    options = parse()
    if not os.access(os.environ.get("PAIL", ""), os.X_OK):
        sys.exit("differential-test: the variable PAIL names no program: run scripts/differential-test, which sets it")
    if os.geteuid() != 0:
        sys.exit("differential-test: run it as root: its processes act as other users")
    directory = tempfile.mkdtemp(prefix="pail-differential-")
    # Other users go through it.
    os.chmod(directory, 0o755)
    os.environ.update(HOME=directory, PAIL_RUNTIME_DIR=os.path.join(directory, "run"), LC_ALL="C.UTF-8", NOTIFY_SOCKET="")
    os.environ.pop("AWS_PROFILE", None)
    store = Store(options.store)
    failed = True
    try:
        failed = (replay if options.replay else run)(options, store, directory)
    finally:
        store.end()
        if failed:
            print(f"the logs are in {directory}", flush=True)
        else:
            shutil.rmtree(directory, ignore_errors=True)
    return 1 if failed else 0


def run(options, store, directory):
    print(f"seed {options.seed}, store {options.store}", flush=True)
    end = time.monotonic() + options.seconds
    workers = [Worker(Run(store, directory, mode, options.cells), options.seed, end)
               for mode in (("close", "delayed") if options.mode is None else (options.mode,))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for worker in workers:
        worker.run_.clear()
        refused = ", ".join(sorted(worker.run_.refused)) or "nothing"
        print(f"{worker.run_.mode}: {worker.run_.count} operations in {worker.epochs} rounds, refused: {refused}", flush=True)
        if worker.failure:
            print(f"{worker.run_.mode}: {worker.failure}", flush=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{sum(each.ru_utime + each.ru_stime for each in used):.0f} s of processor time, without daemons", flush=True)
    return any(worker.failure for worker in workers)


def replay(options, store, directory):
    with open(options.replay, encoding="utf-8") as file:
        saved = json.load(file)
    mode = options.mode or saved["mode"]
    attempts = 0

    def failure(operations):
        """What goes wrong with these operations; None when nothing does."""
        nonlocal attempts
        attempts += 1
        place = os.path.join(directory, str(attempts))
        os.mkdir(place, 0o755)
        trial = Run(store, place, mode, 1)
        try:
            trial.start()
            trial.probe()
            sequence = Sequence(trial, saved["place"], 0, operations)
            try:
                steps = 1 + sum(operation["op"] == "remount" for operation in operations)
                trial.epoch(0, [sequence], (0,) * steps)
            except Difference as problem:
                return str(problem)
            trial.mount.unmount()
            return None
        except OSError as error:
            return str(error)
        finally:
            trial.clear()

    found = failure(saved["operations"])
    print(found or "no difference", flush=True)
    if found and options.shrink:
        saved["operations"] = shrink(saved["operations"], failure)
        with open(options.replay + ".short", "w", encoding="utf-8") as file:
            json.dump(saved, file, indent=0)
        print(*map(json.dumps, saved["operations"]), failure(saved["operations"]), sep="\n")
        print(f"in {options.replay}.short")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
