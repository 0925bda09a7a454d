# SPDX-License-Identifier: Apache-2.0
"""Measures `pail cp` beside `aws s3 cp` and `rclone copyto`, on one SeaweedFS on loopback, in one run.

upload     a file to an object
download   an object to a file on the same disk

All three use the same part size and concurrency and take turns; the file is in the page cache, and dirty pages are written
back before every measurement. After each, boto3 reads the object, or the file is read, and its SHA-256 compared. CPU is
user plus system time of the program. Times are medians.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile

import boto3

sys.dont_write_bytecode = True

from compare import MIB, PAIL, ROOT, expect, random_file, sha256_of, sha256_of_file  # noqa: E402
from measured import Server, timed  # noqa: E402
from report import aligned, median  # noqa: E402

BUCKET = "transfer"
PROGRAMS = os.path.dirname(sys.executable)


class Transfers:
    def __init__(self, options, server, directory):
        self.options = options
        self.server = server
        self.directory = directory
        self.s3 = boto3.client("s3", endpoint_url=server.endpoint)
        self.path = os.path.join(directory, "source")
        random_file(self.path, options.size)
        self.digest = sha256_of_file(self.path)
        self.results = {}
        os.environ["AWS_CONFIG_FILE"] = os.path.join(directory, "aws-config")
        os.environ["XDG_STATE_HOME"] = os.path.join(directory, "state")
        with open(os.environ["AWS_CONFIG_FILE"], "w", encoding="utf-8") as file:
            file.write("[default]\ns3 =\n"
                       f"  max_concurrent_requests = {options.concurrency}\n"
                       f"  multipart_threshold = {options.part_size}MB\n"
                       f"  multipart_chunksize = {options.part_size}MB\n")

    def pail(self, source, target):
        return [PAIL, "cp", "--quiet", "--endpoint", self.server.endpoint, "--part-size", f"{self.options.part_size}M",
                "--concurrency", str(self.options.concurrency), source, target]

    def aws(self, source, target):
        return [os.path.join(PROGRAMS, "aws"), "s3", "cp", "--quiet", "--endpoint-url", self.server.endpoint, source,
                target]

    def rclone(self, source, target):
        size, count = f"{self.options.part_size}M", str(self.options.concurrency)
        remote = ":s3,provider=SeaweedFS,env_auth=true,no_check_bucket=true,endpoint='%s':" % self.server.endpoint
        return [os.path.join(PROGRAMS, "rclone"), "copyto", "--config", "", "--s3-chunk-size", size, "--s3-upload-cutoff",
                size, "--s3-upload-concurrency", count, "--multi-thread-cutoff", size, "--multi-thread-chunk-size", size,
                "--multi-thread-streams", count, "--retries", "1", "--ignore-times",
                *(place.replace("s3://", remote) for place in (source, target))]

    def alternate(self, name, measure):
        """Runs the three in turn, `runs` times after one that does not count, and keeps every measurement."""
        sides = {"pail": self.pail, "aws": self.aws, "rclone": self.rclone}
        kept = {side: [] for side in sides}
        for number in range(self.options.runs + 1):
            # Each run begins with another one: the memory and disk that one leaves are what the next one finds.
            first = number % len(sides)
            for side, command in [*sides.items()][first:] + [*sides.items()][:first]:
                os.sync()
                run = measure(f"{name}-{side}-{number}", command)
                if number:
                    kept[side].append(run)
                print(f"  {name} {number or 'warm-up'}: {side} {run['seconds']:.2f} s, CPU {run['cpu']:.2f} s",
                      file=sys.stderr)
        self.results[name] = kept

    def upload(self):
        def measure(key, command):
            run = timed(command(self.path, f"s3://{BUCKET}/{key}"))
            answer = self.s3.get_object(Bucket=BUCKET, Key=key)
            expect(sha256_of(answer["Body"]) == self.digest, f"{key} has other bytes than its file")
            self.s3.delete_object(Bucket=BUCKET, Key=key)
            return run

        self.alternate("upload", measure)

    def download(self):
        self.s3.upload_file(self.path, BUCKET, "download")
        target = os.path.join(self.directory, "target")

        def measure(_, command):
            run = timed(command(f"s3://{BUCKET}/download", target))
            expect(sha256_of_file(target) == self.digest, "what was read differs from what was written")
            os.unlink(target)
            return run

        self.alternate("download", measure)

    def table(self):
        rows = [("what", "pail", "aws", "rclone", "to aws", "to rclone", "CPU pail", "CPU aws", "CPU rclone")]
        for name, kept in self.results.items():
            seconds = {side: median(runs, "seconds") for side, runs in kept.items()}
            rows.append((
                f"{name} {self.options.size} MiB", *(f"{seconds[side]:.2f} s" for side in kept),
                f"{seconds['pail'] / seconds['aws']:.2f}", f"{seconds['pail'] / seconds['rclone']:.2f}",
                *(f"{median(runs, 'cpu'):.2f} s" for runs in kept.values())))
        aligned(rows)


def parse():
    parts = ["upload", "download"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)} (all)")
    parser.add_argument("--runs", type=int, default=5, help="measurements of each (5)")
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file (1024)")
    parser.add_argument("--part-size", type=int, default=8, help="MiB of a part, everywhere (8)")
    parser.add_argument("--concurrency", type=int, default=8, help="parts at once, everywhere (8)")
    parser.add_argument("--json", default=os.path.join(ROOT, ".build", "transfer.json"), help="file for the numbers")
    options = parser.parse_args()
    options.parts = options.parts or parts
    if unknown := set(options.parts) - set(parts):
        parser.error(f"no such part: {', '.join(unknown)}")
    return options


def main():
    options = parse()
    directory = tempfile.mkdtemp(prefix="pail-transfer-")
    try:
        with Server(os.path.join(ROOT, "scripts", "test-server"), BUCKET) as server:
            transfers = Transfers(options, server, directory)
            for part in options.parts:
                print(f"{part} …", file=sys.stderr)
                getattr(transfers, part)()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    transfers.table()
    os.makedirs(os.path.dirname(os.path.abspath(options.json)), exist_ok=True)
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump({name: value for name, value in vars(options).items()} | {"results": transfers.results}, file, indent=1)
    print(f"\n{options.runs} runs each, part size {options.part_size} MiB, concurrency {options.concurrency}; "
          f"numbers in {options.json}")


if __name__ == "__main__":
    main()
