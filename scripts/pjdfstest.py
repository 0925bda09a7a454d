#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs pjdfstest, the public POSIX test suite, on a fresh mount of a test server.

    scripts/pjdfstest DIRECTORY-OF-THE-SUITE [--store ministack|seaweedfs] [--only chmod,rename/09] [--jobs 4] [-o OPTION]

The suite has to be built already, as its README says. It is copied, and the copy told that hard links are optional (its setting
for file systems on S3). Prints each file that fails with its first failures, then how many, and exits 1 if any did that
docs/SEMANTICS.md does not name. Needs root: the suite acts as other users.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "crash_test"))

from mounted import Mount  # noqa: E402
from store import Store  # noqa: E402

SEMANTICS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "SEMANTICS.md")
SECONDS_PER_FILE = 600
# Files that give themselves other users' rights, one after the other, in directories of their own: none needs the machine alone.
LINE = re.compile(r"^(not )?ok (\d+)(.*)$", re.MULTILINE)
PLAN = re.compile(r"^1\.\.(\d+)$", re.MULTILINE)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="the directory of the suite, with its program `pjdfstest`")
    parser.add_argument("--store", choices=["ministack", "seaweedfs"], default="ministack")
    parser.add_argument("--only", default="", help="directories or files of the suite, separated by commas")
    parser.add_argument("--jobs", type=int, default=4, help="files that run at once")
    parser.add_argument("-o", dest="options", action="append", default=[], help="an option of the mount")
    return parser.parse_args()


def prepare(suite, copy):
    if not os.access(os.path.join(suite, "pjdfstest"), os.X_OK):
        sys.exit(f"pjdfstest: {suite} has no program `pjdfstest`: build the suite as its README says")
    shutil.copytree(os.path.join(suite, "tests"), os.path.join(copy, "tests"))
    shutil.copy2(os.path.join(suite, "pjdfstest"), copy)
    with open(os.path.join(copy, "tests", "conf"), "a", encoding="utf-8") as conf:
        conf.write('\nfs="FUSE.S3FS"\n')


def chosen(tests, only):
    words = [word for word in only.split(",") if word]
    files = sorted(
        os.path.relpath(os.path.join(folder, name), tests)
        for folder, _, names in os.walk(tests) for name in names if name.endswith(".t"))
    return [file for file in files if not words or any(file.startswith(word) for word in words)]


def failures(tests, file, place):
    """The lines of `file` that say "not ok", or what else is wrong with its run."""
    directory = os.path.join(place, file.replace("/", "-"))
    os.mkdir(directory, 0o755)
    try:
        done = subprocess.run(
            ["/bin/sh", os.path.join(tests, file)], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=SECONDS_PER_FILE)
    except subprocess.TimeoutExpired:
        return [f"no end after {SECONDS_PER_FILE} s"]
    plan = PLAN.search(done.stdout)
    lines = LINE.findall(done.stdout)
    # What the suite itself expects to fail (TODO) is no failure of the file.
    bad = [f"not ok {number}{text}" for negation, number, text in lines if negation and "# TODO" not in text]
    if plan is None or int(plan.group(1)) != len(lines):
        bad.append(f"{len(lines)} of {plan.group(1) if plan else '?'} checks ran: {done.stderr.strip()[-300:]}")
    return bad


# SEMANTICS: posix-suite, posix-suite-links, posix-suite-paths
def documented(store):
    """The files that docs/SEMANTICS.md says fail on this store: `dir/NN.t` in the lines of its table for it."""
    with open(SEMANTICS, encoding="utf-8") as text:
        rows = [line for line in text if line.startswith("|") and store in line.lower()]
    return {name for row in rows for name in re.findall(r"`(\w+/\d+\.t)`", row)}


def main():
    options = parse()
    if os.geteuid() != 0:
        sys.exit("pjdfstest: run it as root: the suite acts as other users")
    work = tempfile.mkdtemp(prefix="pail-pjdfstest-")
    os.chmod(work, 0o755)
    place = os.path.join(work, "mount")
    store = mount = None
    begin = time.monotonic()
    failed = {}
    try:
        prepare(os.path.abspath(options.suite), work)
        tests = os.path.join(work, "tests")
        files = chosen(tests, options.only)
        os.mkdir(place)
        store = Store(options.store)
        mount = Mount(store.bucket, place, os.path.join(work, "cache"), os.path.join(work, "log"),
                      ["allow_other", *options.options])
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for file, bad in zip(files, pool.map(lambda file: failures(tests, file, place), files)):
                if bad:
                    failed[file] = bad
                    print(f"{file}: {len(bad)} failures", *bad[:5], sep="\n    ", flush=True)
        mount.unmount()
    finally:
        if mount:
            mount.clear()
        if store:
            store.end()
        shutil.rmtree(work, ignore_errors=True)
    new = sorted(failed.keys() - documented(options.store))
    print(f"{len(failed)} of {len(files)} files failed on {options.store}, {len(new)} of them not in docs/SEMANTICS.md, "
          f"in {time.monotonic() - begin:.0f} s")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
