# SPDX-License-Identifier: Apache-2.0
"""Kills the daemon of a mount, its server, or both, at random moments while programs write; or fills the cache's disk.

daemon   kill -9 of the daemon; the next mount has the same cache directory
server   kill -9 of the server, which is started again with the same data; the mount lives on
both     both at once
full     the cache directory is a tmpfs of 32 MiB, which one writer fills; then kill -9 of the daemon (only as root)

With --steps the daemon is killed right before each system call that changes the index, or its N-th; see steps.py.

After each: every operation that was acknowledged is there and nothing else, in the mount before anything is uploaded, after
`pail umount` through an empty cache directory, and in the bucket as boto3 sees it. The rules are in verdict.py.
Each point goes on with the tree that the one before left. A seed gives the same operations and moments again; what the machine
makes of a moment may differ. A failed point leaves its logs and cache directory.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from point import WRITERS, Loss, Point, Settings  # noqa: E402
from steps import sweep  # noqa: E402
from store import Store  # noqa: E402

FAULTS = ("daemon", "server", "both", "full")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=200, help="how often to crash (200)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of everything (random)")
    parser.add_argument("--store", choices=("seaweedfs", "ministack"), default="seaweedfs", help="server (seaweedfs)")
    parser.add_argument("--faults", default=None, help=f"some of {','.join(FAULTS)} (all that are possible here)")
    parser.add_argument("--mode", choices=("close", "delayed"), help="only this write-back mode")
    parser.add_argument("--steps", action="store_true", help="at each step that changes the index, not at random")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th step (1)")
    parser.add_argument("--keep-going", action="store_true", help="count failed points instead of ending at the first")
    options = parser.parse_args()
    possible = [fault for fault in FAULTS
                if not (fault in ("server", "both") and options.store == "ministack") and (fault != "full" or os.geteuid() == 0)]
    options.faults = options.faults.split(",") if options.faults else possible
    for fault in options.faults:
        if fault not in possible:
            parser.error(f"the fault {fault} is not possible here: choose from {','.join(possible)}")
    return options


def main():
    options = parse()
    if not os.access(os.environ.get("PAIL", ""), os.X_OK):
        sys.exit("crash-test: the variable PAIL names no program: run scripts/crash-test, which sets it")
    print(f"seed {options.seed}, store {options.store}, faults {','.join(options.faults)}", flush=True)
    directory = tempfile.mkdtemp(prefix="pail-crash-")
    os.environ.update(HOME=directory, PAIL_RUNTIME_DIR=os.path.join(directory, "run"), LC_ALL="C.UTF-8", NOTIFY_SOCKET="")
    os.environ.pop("AWS_PROFILE", None)
    store = Store(options.store)
    failed = 0
    try:
        failed = (sweeps if options.steps else run)(options, store, directory)
    finally:
        store.end()
        if failed:
            print(f"the logs are in {directory}", flush=True)
        else:
            shutil.rmtree(directory, ignore_errors=True)
    return 1 if failed else 0


def sweeps(options, store, directory):
    count = failed = 0
    for line, isFine in sweep(store, directory, options.every, 1 + options.seed % options.every, options.mode):
        print(line, flush=True)
        count += 1
        failed += not isFine
        if failed and not options.keep_going:
            break
    print(f"{failed} of {count} steps failed", flush=True)
    return failed


def run(options, store, directory):
    choice = random.Random(options.seed)
    trees = {name: ({}, set()) for name in WRITERS}
    failed = 0
    for number in range(1, options.points + 1):
        # In turn, so that few points have each.
        settings = Settings.choose(choice, options.faults[(number - 1) % len(options.faults)])
        if options.mode:
            settings.mode = options.mode
        point = Point(store, directory, number, settings, trees)
        try:
            trees = point.run()
            print(f"{number}: {settings}: fine, {', '.join(point.notes)}", flush=True)
        except (Loss, OSError) as error:
            failed += 1
            print(f"{number}: {settings}: {error}\n  logs in {point.directory}", flush=True)
            if not options.keep_going:
                break
            store.restart()
            store.begin_anew()
            trees = {name: ({}, set()) for name in WRITERS}
    print(f"{failed} of {number} points failed; {store.open_uploads()} multipart uploads are open", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
