# SPDX-License-Identifier: Apache-2.0
"""Measures how long a program takes to make many small files, with write-back=close and with write-back=delayed.

Each file is created, written and closed by one program, one after the other. `close` is measured with fewer files, since each waits
for its upload. Between pail and a SeaweedFS on loopback stands a proxy that holds back each request for --latency ms, as a
network would; 0 is no proxy. What the local disk costs shows in `delayed` alone, whose close syncs file and index: --cache names
a directory on another disk, --cache /dev/shm leaves the disk out. Uploads begin --delay seconds after the first file: what they, and
the store, take of this machine's cores shows when making the files takes longer than that. Afterwards `pail umount` must have
brought all to the bucket.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import boto3

sys.dont_write_bytecode = True

from measured import Daemon, Server  # noqa: E402
from report import aligned  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAIL = os.environ["PAIL"]
BUCKET = "small-files"

# A process of its own, as any program is.
WRITER = """
import os, sys, time
directory, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.mkdir(directory)
content = os.urandom(size)
begin = time.monotonic()
for number in range(count):
    file = os.open(f"{directory}/{number}", os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(file, content)
    os.close(file)
print(time.monotonic() - begin)
"""

NETWORK = """
import sys
from proxy import Proxy
print(Proxy(sys.argv[1], float(sys.argv[2])).port, flush=True)
sys.stdin.read()
"""


def make(directory, count, size):
    """Seconds."""
    command = [sys.executable, "-c", WRITER, directory, str(count), str(size)]
    return float(subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout)


def start_network(endpoint, latency):
    """A process with the proxy, which ends with this one; returns it and the endpoint in front of it."""
    network = subprocess.Popen(
        [sys.executable, "-B", "-c", NETWORK, endpoint, str(latency)], cwd=os.path.join(ROOT, "Benchmarks"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return network, f"http://127.0.0.1:{int(network.stdout.readline())}"


def measure(options, endpoint, directory, mode, count):
    place = os.path.join(directory, "mnt")
    os.makedirs(place, exist_ok=True)
    cache = tempfile.mkdtemp(prefix="pail-cache-", dir=options.cache or directory)
    try:
        writeback = f"delayed,write-back-delay={options.delay}s" if mode == "delayed" else mode
        daemon = Daemon(PAIL, BUCKET, place, ["--endpoint", endpoint, "--cache-dir", cache, "--log-file",
                                              os.path.join(directory, "log"), "-o", f"write-back={writeback}"])
        before, cpu = daemon.requests(), daemon.cpu()
        seconds = make(os.path.join(place, mode), count, options.size)
        after, cpu = daemon.requests(), daemon.cpu() - cpu
        begin = time.monotonic()
        daemon.unmount()
        drained = time.monotonic() - begin
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    lookups = sum(after.get(name, 0) - before.get(name, 0) for name in ("HeadObject", "ListObjectsV2"))
    return {"mode": mode, "count": count, "seconds": seconds, "each": seconds / count, "lookups": lookups, "cpu": cpu,
            "umount": drained}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="files with write-back=delayed (10000)")
    parser.add_argument("--close-count", type=int, default=500, help="files with write-back=close (500)")
    parser.add_argument("--size", type=int, default=1_000, help="bytes of a file (1000)")
    parser.add_argument("--latency", type=float, default=0, help="ms until a request arrives (0)")
    parser.add_argument("--delay", type=int, default=5, help="seconds until an upload with write-back=delayed (5)")
    parser.add_argument("--cache", help="directory for the cache directories (beside the mount)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    network = None
    directory = tempfile.mkdtemp(prefix="pail-small-files-")
    os.environ.update(HOME=directory, PAIL_RUNTIME_DIR=os.path.join(directory, "run"))
    try:
        with Server(os.path.join(ROOT, "scripts", "test-server"), BUCKET) as server:
            endpoint = server.endpoint
            if options.latency:
                network, endpoint = start_network(endpoint, options.latency / 1_000)
            results = [measure(options, endpoint, directory, "close", options.close_count),
                       measure(options, endpoint, directory, "delayed", options.count)]
            s3 = boto3.client("s3", endpoint_url=server.endpoint)
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
            there = sum(not entry["Key"].endswith("/") for page in pages for entry in page.get("Contents", []))
            if there != options.count + options.close_count:
                sys.exit(f"small-files: {there} objects are in the bucket, {options.count + options.close_count} were made")
    finally:
        if network:
            network.stdin.close()
            network.wait()
        shutil.rmtree(directory, ignore_errors=True)
    ratio = results[0]["each"] / results[1]["each"]
    if options.json:
        print(json.dumps({"results": results, "ratio": ratio}))
        return
    rows = [("write-back", "files", "a file", "lookup requests", "CPU", "umount")]
    for result in results:
        rows.append((result["mode"], str(result["count"]), f"{result['each'] * 1_000:.2f} ms", str(result["lookups"]),
                     f"{result['cpu']:.2f} s", f"{result['umount']:.1f} s"))
    aligned(rows)
    print(f"delayed is {ratio:.1f} times faster a file")


if __name__ == "__main__":
    main()
