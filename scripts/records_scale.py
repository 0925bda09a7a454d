#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `pail records` on very many records with a file each, in SQLite and in a bucket of a test server.

    scripts/records-scale [--records 100000] [--store seaweedfs|ministack]

The rows are written by Python's sqlite3 in one transaction, the objects by s5cmd. `check` must find the one record whose file is missing
and the one file that is nobody's, within 60 s and 200 MiB for 100,000 records; a page of 100 records has the time of the whole program.
Exits 1 when one of these does not hold.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "crash_test"))

from store import Store  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMA = os.path.join(ROOT, "docs", "music.json")
TIME = "2026-01-01T00:00:00.000Z"
LONGEST, LARGEST = 60, 200 << 20


def pail(store, directory, *arguments):
    """Runs a command; what it says, its status, seconds and peak memory in bytes."""
    command = [os.environ["PAIL"], "records", *arguments, "--json", "--schema", SCHEMA, "--store", "music.sqlite",
               "--bucket", f"s3://{store.bucket}"]
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return json.loads(output), process.returncode, time.monotonic() - begin, usage.ru_maxrss << 10


def key(number):
    return f"images/song-{number:07}"


def fill(store, path, count):
    with sqlite3.connect(path) as database:
        database.execute("INSERT OR REPLACE INTO indexed VALUES ('Song', 'coverArtPath')")
        for number in range(1, count + 1):
            record = {"id": f"song-{number:07}", "name": f"number {number}", "coverArtPath": key(number),
                      "createdAt": TIME, "updatedAt": TIME}
            database.execute("INSERT INTO record VALUES ('Song', ?, ?)", (record["id"], json.dumps(record)))
            database.execute("INSERT INTO attachment VALUES ('Song', ?, ?)", (record["id"], key(number)))
    database.close()
    # Number 0 is nobody's, the last one is missing.
    files = os.path.join(os.path.dirname(path), "files")
    os.mkdir(files)
    for number in range(count):
        with open(os.path.join(files, os.path.basename(key(number))), "wb") as file:
            file.write(b"x")
    program = os.path.join(os.path.dirname(sys.executable), "s5cmd")
    subprocess.run(
        [program, "--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--log", "error", "cp", files + "/",
         f"s3://{store.bucket}/images/"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--store", choices=["ministack", "seaweedfs"], default="seaweedfs")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="pail-scale-")
    os.environ["XDG_STATE_HOME"] = os.path.join(directory, "state")
    store = Store(options.store)
    try:
        # Makes the tables.
        record, status, *_ = pail(store, directory, "create", "Song", "name=first")
        pail(store, directory, "delete", "Song", record["id"])
        begin = time.monotonic()
        fill(store, os.path.join(directory, "music.sqlite"), options.records)
        print(f"{options.records} records and files made in {time.monotonic() - begin:.0f} s", file=sys.stderr)
        page, _, seconds, memory = pail(store, directory, "list", "Song", "--limit", "100")
        print(f"list --limit 100: {seconds * 1000:.0f} ms, {memory >> 20} MiB, {len(page['records'])} records")
        report, status, seconds, memory = pail(store, directory, "check", "--grace", "0s")
        print(f"check: {seconds:.1f} s, {memory >> 20} MiB, {json.dumps(report)[:400]}")
        found = (report["records"], report["danglingCount"], report["orphanCount"], report["unknownCount"])
        expected = (options.records, 1, 0, 1)
        if found != expected:
            print(f"expected records, dangling, orphans, unknown {expected}, not {found}", file=sys.stderr)
        return 0 if found == expected and seconds < LONGEST and memory < LARGEST else 1
    finally:
        store.end()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
