# SPDX-License-Identifier: Apache-2.0
"""The S3 server, which can be killed, and what an independent client (boto3) sees in its bucket."""

import json
import os
import secrets
import signal
import subprocess

import boto3
from botocore.config import Config

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "test-server")


class Store:
    """scripts/test-server; the server's credentials become this process's environment."""

    def __init__(self, kind):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
        self.process = subprocess.Popen([PROGRAM, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        greeting = self.answer()
        self.pid = greeting["processID"]
        os.environ.update(
            AWS_ACCESS_KEY_ID=greeting["accessKeyID"], AWS_SECRET_ACCESS_KEY=greeting["secretAccessKey"],
            AWS_REGION=greeting["region"], AWS_DEFAULT_REGION=greeting["region"], AWS_ENDPOINT_URL=greeting["endpoint"],
            AWS_EC2_METADATA_DISABLED="true")
        self.bucket = self.new_bucket()
        self.client = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))

    def answer(self):
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise OSError(reply["error"])
        return reply

    def perform(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def new_bucket(self):
        """The name of an empty bucket."""
        bucket = "tests-" + secrets.token_hex(4)
        self.perform(f"bucket {bucket}")
        return bucket

    def begin_anew(self):
        """Goes on with an empty bucket."""
        self.bucket = self.new_bucket()

    def kill(self):
        """At once, and with the whole group: test-server is told later."""
        os.killpg(self.pid, signal.SIGKILL)

    def restart(self):
        """On the same port with the same data."""
        self.pid = self.perform("restart")["processID"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()

    def contents(self, prefix=""):
        """Objects (bytes by key), without directory markers, and the directories that keys or markers make.

        Only what is below `prefix`, which is left out of the names.
        """
        files, directories = {}, set()
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                key = entry["Key"][len(prefix):]
                parents = key.split("/")[:-1]
                directories.update("/".join(parents[:count]) for count in range(1, len(parents) + 1))
                if not key.endswith("/"):
                    files[key] = self.client.get_object(Bucket=self.bucket, Key=entry["Key"])["Body"].read()
        return files, directories

    def open_uploads(self):
        return len(self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []))
