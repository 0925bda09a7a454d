# SPDX-License-Identifier: Apache-2.0
"""Kills `pail cp` with SIGKILL at random points of an upload, and lets the next `pail cp` go on with it.

Between pail and a SeaweedFS on loopback stands a proxy that counts the bytes that pail sends; a point is a number of them.
After each point: the object has the bytes of the file, the two runs together sent no more than the file and one part for
each part that was under way (and the heads of the requests), and neither the store nor the journal holds anything of it.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

import boto3

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks"))

from measured import Server  # noqa: E402

PAIL = os.environ["PAIL"]
MIB = 1 << 20
BUCKET = "crashes"


class Proxy:
    """Passes bytes on between a port of its own and another, and counts those of the clients."""

    def __init__(self, port):
        self.target = port
        self.lock = threading.Condition()
        self.sent = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, target, counts in ((client, server, True), (server, client, False)):
                threading.Thread(target=self.pump, args=(source, target, counts), daemon=True).start()

    def pump(self, source, target, counts):
        try:
            while data := source.recv(256 << 10):
                if counts:
                    with self.lock:
                        self.sent += len(data)
                        self.lock.notify_all()
                target.sendall(data)
        except OSError:
            pass
        # Both ways end together: half a connection would keep a dead client's request alive.
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def reset(self):
        with self.lock:
            self.sent = 0

    def wait_for(self, count, child):
        """Returns when that many bytes were sent, or the child has ended."""
        with self.lock:
            while self.sent < count and child.poll() is None:
                self.lock.wait(0.05)


def expect(condition, sentence):
    if not condition:
        sys.exit(f"crash-uploads: {sentence}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=20, help="how often to kill (20)")
    parser.add_argument("--size", type=int, default=300, help="MiB of the file (300)")
    parser.add_argument("--part-size", type=int, default=8, help="MiB of a part (8)")
    parser.add_argument("--concurrency", type=int, default=4, help="parts at once (4)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of the points (random)")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    points = random.Random(options.seed)
    directory = tempfile.mkdtemp(prefix="pail-crash-")
    try:
        with Server(os.path.join(ROOT, "scripts", "test-server"), BUCKET) as server:
            run(options, points, server, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def run(options, points, server, directory):
    s3 = boto3.client("s3", endpoint_url=server.endpoint)
    proxy = Proxy(int(server.endpoint.rpartition(":")[2]))
    path = os.path.join(directory, "file")
    size = options.size * MIB
    with open("/dev/urandom", "rb") as source, open(path, "wb") as file:
        digest = hashlib.sha256()
        for _ in range(options.size):
            data = source.read(MIB)
            digest.update(data)
            file.write(data)
    os.environ["XDG_STATE_HOME"] = directory
    journal = os.path.join(directory, "pail", "uploads")
    allowed = size + options.concurrency * options.part_size * MIB + MIB

    for number in range(1, options.points + 1):
        key = f"object-{number}"
        command = [PAIL, "cp", "--quiet", "--endpoint", f"http://127.0.0.1:{proxy.port}", "--part-size",
                   f"{options.part_size}M", "--concurrency", str(options.concurrency), path, f"s3://{BUCKET}/{key}"]
        point = points.randrange(size)
        proxy.reset()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        proxy.wait_for(point, child)
        child.send_signal(signal.SIGKILL)
        status = child.wait()
        expect(status in (0, -signal.SIGKILL), f"the first run ended with {status}")
        killed = proxy.sent
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        expect(done.returncode == 0, f"the second run ended with {done.returncode}: {done.stderr}")
        body = s3.get_object(Bucket=BUCKET, Key=key)["Body"]
        found = hashlib.sha256()
        while chunk := body.read(4 * MIB):
            found.update(chunk)
        expect(found.digest() == digest.digest(), f"{key} has other bytes than the file")
        print(f"{number}: killed at {killed / MIB:.1f} MiB, then sent {(proxy.sent - killed) / MIB:.1f} MiB, "
              f"{(proxy.sent - size) / MIB:.1f} MiB more than the file", flush=True)
        # A run that was killed behind its last request has nothing to go on with.
        expect(proxy.sent <= allowed or status == 0 or killed >= size, f"{proxy.sent} bytes were sent for {size}")
        expect(not os.listdir(journal), f"the journal holds {os.listdir(journal)}")
        expect(not s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads"), "an upload was left open")
        s3.delete_object(Bucket=BUCKET, Key=key)


if __name__ == "__main__":
    main()
