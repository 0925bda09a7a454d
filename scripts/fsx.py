#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs fsx, the public exerciser of one file, on a fresh mount of a test server.

    scripts/fsx DIRECTORY-OF-FSX [--operations 100000] [--processes 1] [--mode close|delayed] [--store seaweedfs|ministack]
                [--size 262144] [--reopen 100] [--seed 1] [--flags=-Z] [-o OPTION]

fsx reads, writes, maps, truncates, punches and copies ranges of a file at random and compares each result with memory. It has to
be built already, as its project says; what the file system does not have it finds out by itself. Each process has a file and a
seed of its own. Afterwards the bucket must have what the file was in the mount. Prints what fsx says of a difference, and exits 1
if there was any.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "crash_test"))

from mounted import Mount  # noqa: E402
from store import Store  # noqa: E402

MODES = {"close": "write-back=close", "delayed": "write-back=delayed"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="where the program `fsx` is")
    parser.add_argument("--operations", type=int, default=100_000, help="of each process")
    parser.add_argument("--processes", type=int, default=1, help="each with a file of its own")
    parser.add_argument("--mode", choices=sorted(MODES), default="close")
    parser.add_argument("--store", choices=["ministack", "seaweedfs"], default="seaweedfs")
    parser.add_argument("--size", type=int, default=262_144, help="the largest size of the file, in bytes")
    parser.add_argument("--reopen", type=int, default=100, help="one in so many operations closes and opens the file; 0: none")
    parser.add_argument("--seed", type=int, default=1, help="of the first process; the others count on")
    parser.add_argument("--flags", default="", help="more flags of fsx, for example --flags='-Z -R -W'")
    parser.add_argument("-o", dest="options", action="append", default=[], help="an option of the mount")
    return parser.parse_args()


def command(options, program, file, logs, seed):
    reopening = ["-c", str(options.reopen)] if options.reopen else []
    return [program, "-q", "-S", str(seed), "-N", str(options.operations), "-l", str(options.size),
            "-o", str(max(65_536, options.size // 4)), "-P", logs, *reopening, *options.flags.split(), file]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def run(options, program, place, work):
    """Runs all processes; returns the digest of each file by name, and what was wrong."""
    running, digests, wrong = [], {}, []
    for number in range(options.processes):
        name = f"file{number}"
        logs = os.path.join(work, f"logs{number}")
        os.mkdir(logs)
        with open(os.path.join(work, f"output{number}"), "wb") as output:
            process = subprocess.Popen(
                command(options, program, os.path.join(place, name), logs, options.seed + number),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        running.append((name, output.name, process))
    for name, output, process in running:
        if process.wait() == 0:
            with open(os.path.join(place, name), "rb") as file:
                digests[name] = digest(file.read())
            continue
        with open(output, encoding="utf-8", errors="replace") as text:
            wrong.append(f"{name}: fsx ended with {process.returncode}:\n{text.read()[-6000:]}")
    return digests, wrong


def main():
    options = parse()
    program = os.path.join(os.path.abspath(options.directory), "fsx")
    if not os.access(program, os.X_OK):
        sys.exit(f"fsx: {options.directory} has no program `fsx`: build it as its project says")
    work = tempfile.mkdtemp(prefix="pail-fsx-")
    place = os.path.join(work, "mount")
    store = mount = None
    begin = time.monotonic()
    try:
        os.mkdir(place)
        store = Store(options.store)
        mount = Mount(store.bucket, place, os.path.join(work, "cache"), os.path.join(work, "log"),
                      [MODES[options.mode], *options.options])
        digests, wrong = run(options, program, place, work)
        requests = mount.status()["requests"]
        mount.unmount()
        objects, _ = store.contents()
        wrong += [f"{name}: the bucket has something else" for name, expected in digests.items()
                  if digest(objects.get(name, b"")) != expected]
    finally:
        if mount:
            mount.clear()
        if store:
            store.end()
        shutil.rmtree(work, ignore_errors=True)
    print(*wrong, sep="\n")
    print(f"{options.processes} x {options.operations} operations, {options.mode}, {options.store}: {len(wrong)} wrong, "
          f"{requests.get('PutObject', 0)} PutObject, {requests.get('CopyObject', 0)} CopyObject, "
          f"in {time.monotonic() - begin:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
