# SPDX-License-Identifier: Apache-2.0
"""Measures what a small change of a large object costs: 1 KiB in the middle of it, and 1 KiB at its end, each with a mount of its own.

Between pail and a SeaweedFS on loopback stands a proxy that counts bytes, headers included. Afterwards the whole object must be what it
should be, as boto3 reads it. Fails when more than 32 MiB are sent or 16 MiB are fetched for one change.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time

import boto3
from boto3.s3.transfer import TransferConfig

sys.dont_write_bytecode = True

from measured import Daemon, Server  # noqa: E402
from proxy import Proxy  # noqa: E402
from report import aligned  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAIL = os.environ["PAIL"]
BUCKET = "overwrite"
MIB = 1 << 20
CHANGE = os.urandom(1 << 10)


def make(path, size):
    with open(path, "wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))


def digest(chunks):
    value = hashlib.sha256()
    for chunk in chunks:
        value.update(chunk)
    return value.hexdigest()


def local(path):
    with open(path, "rb") as file:
        yield from iter(lambda: file.read(4 * MIB), b"")


def change(path, offset):
    """Changes the file; seconds until close has returned."""
    begin = time.monotonic()
    with open(path, "r+b", buffering=0) as file:
        file.seek(offset)
        file.write(CHANGE)
    return time.monotonic() - begin


def measure(server, directory, name, offset, original):
    proxy = Proxy(server.endpoint)
    place, cache = os.path.join(directory, "mnt"), os.path.join(directory, f"cache-{name}")
    os.makedirs(place, exist_ok=True)
    daemon = Daemon(PAIL, BUCKET, place, ["--endpoint", f"http://127.0.0.1:{proxy.port}", "--cache-dir", cache,
                                          "--log-file", os.path.join(directory, "log")])
    sent, fetched = proxy.sent, proxy.answered
    seconds = change(os.path.join(place, "large"), offset)
    sent, fetched = proxy.sent - sent, proxy.answered - fetched
    daemon.unmount()
    change(original, offset)
    body = boto3.client("s3", endpoint_url=server.endpoint).get_object(Bucket=BUCKET, Key="large")["Body"]
    if digest(body.iter_chunks(4 * MIB)) != digest(local(original)):
        sys.exit(f"overwrite: the object is not what it should be after the change {name}")
    return {"name": name, "seconds": seconds, "sent": sent, "fetched": fetched}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=2_048, help="MiB of the object (2048)")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="pail-overwrite-")
    os.environ.update(HOME=directory, PAIL_RUNTIME_DIR=os.path.join(directory, "run"))
    original = os.path.join(directory, "original")
    try:
        with Server(os.path.join(ROOT, "scripts", "test-server"), BUCKET) as server:
            make(original, options.size * MIB)
            boto3.client("s3", endpoint_url=server.endpoint).upload_file(
                original, BUCKET, "large", Config=TransferConfig(multipart_chunksize=16 * MIB))
            results = [measure(server, directory, "in the middle", options.size * MIB // 2 + 12_345, original),
                       measure(server, directory, "at the end", options.size * MIB, original)]
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    rows = [("1 KiB", "close after", "sent", "fetched")]
    for result in results:
        rows.append((result["name"], f"{result['seconds']:.2f} s", f"{result['sent'] / MIB:.2f} MiB",
                     f"{result['fetched'] / MIB:.2f} MiB"))
    aligned(rows)
    if any(result["sent"] > 32 * MIB or result["fetched"] > 16 * MIB for result in results):
        sys.exit("overwrite: too much was moved for 1 KiB")


if __name__ == "__main__":
    main()
