#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent S3 client for tests, on boto3. Endpoint and credentials come from the environment (AWS_ENDPOINT_URL,
AWS_ACCESS_KEY_ID, ...). Answers are JSON on standard output; a failure is one line on standard error and status 1.

    s3tool.py COMMAND ...    does one thing
    s3tool.py --serve        does what each line of standard input says, a JSON list of arguments, and answers with a line
                             {"answer": TEXT} or {"failure": TEXT}, until the input ends: starting takes most of the time"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

MIB = 1 << 20


@functools.cache
def client():
    style = {"addressing_style": "path"}
    return boto3.client("s3", config=Config(s3=style, max_pool_connections=64, retries={"max_attempts": 3}))


def sha256(stream):
    digest = hashlib.sha256()
    while chunk := stream.read(MIB):
        digest.update(chunk)
    return digest.hexdigest()


def keys(s3, bucket, prefix):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def make_bucket(s3, arguments):
    s3.create_bucket(Bucket=arguments.bucket)
    if arguments.versioned:
        s3.put_bucket_versioning(Bucket=arguments.bucket, VersioningConfiguration={"Status": "Enabled"})


def put(s3, arguments):
    properties = {}
    if arguments.content_type is not None:
        properties["ContentType"] = arguments.content_type
    if arguments.metadata:
        properties["Metadata"] = dict(pair.split("=", 1) for pair in arguments.metadata)
    if os.path.getsize(arguments.file) > 8 * MIB:
        s3.upload_file(arguments.file, arguments.bucket, arguments.key, ExtraArgs=properties)
        return None
    with open(arguments.file, "rb") as body:
        s3.put_object(Bucket=arguments.bucket, Key=arguments.key, Body=body, **properties)
    return None


def put_many(s3, arguments):
    body = b"x" * arguments.size

    def one(number):
        s3.put_object(Bucket=arguments.bucket, Key=f"{arguments.prefix}{number:06}", Body=body)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        # The results are consumed so that a failure is raised.
        for _ in pool.map(one, range(arguments.count)):
            pass


def get(s3, arguments):
    with open(arguments.file, "wb") as file:
        body = s3.get_object(Bucket=arguments.bucket, Key=arguments.key)["Body"]
        while chunk := body.read(MIB):
            file.write(chunk)


def head(s3, arguments):
    try:
        answer = s3.head_object(Bucket=arguments.bucket, Key=arguments.key, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return json.dumps(None)
        raise
    digest = None
    if arguments.sha256:
        digest = sha256(s3.get_object(Bucket=arguments.bucket, Key=arguments.key)["Body"])
    return json.dumps({
        "contentLength": answer["ContentLength"], "eTag": answer["ETag"], "contentType": answer.get("ContentType"),
        "contentDisposition": answer.get("ContentDisposition"), "contentEncoding": answer.get("ContentEncoding"),
        "contentLanguage": answer.get("ContentLanguage"), "cacheControl": answer.get("CacheControl"),
        "versionID": answer.get("VersionId"), "lastModified": answer["LastModified"].timestamp(),
        "metadata": answer.get("Metadata", {}), "checksumCRC32": answer.get("ChecksumCRC32"),
        "checksumType": answer.get("ChecksumType"), "sha256": digest,
    })


def list_objects(s3, arguments):
    return json.dumps([
        {"key": entry["Key"], "size": entry["Size"], "eTag": entry["ETag"]}
        for entry in keys(s3, arguments.bucket, arguments.prefix)
    ])


def show(s3, arguments):
    """The bucket's objects as a table for people."""
    print(f"{'size':>10}  {'content type':<24}  key")
    for entry in keys(s3, arguments.bucket, arguments.prefix):
        kind = s3.head_object(Bucket=arguments.bucket, Key=entry["Key"]).get("ContentType", "")
        print(f"{entry['Size']:>10}  {kind:<24}  {entry['Key']}")


def uploads(s3, arguments):
    found = []
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=arguments.bucket):
        found += [{"key": upload["Key"], "uploadID": upload["UploadId"]} for upload in page.get("Uploads", [])]
    return json.dumps(found)


def delete(s3, arguments):
    for key in arguments.keys:
        s3.delete_object(Bucket=arguments.bucket, Key=key)


def verify_tree(s3, arguments):
    """One line a difference between the files under a directory and the objects under a prefix."""
    prefix = arguments.prefix
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    local = {}
    for parent, _, names in os.walk(arguments.directory):
        for name in names:
            path = os.path.join(parent, name)
            local[os.path.relpath(path, arguments.directory)] = path
    # Markers are directories, not files.
    remote = {
        entry["Key"][len(prefix):] for entry in keys(s3, arguments.bucket, prefix) if not entry["Key"].endswith("/")
    }

    def compare(name):
        with open(local[name], "rb") as file:
            mine = sha256(file)
        theirs = sha256(s3.get_object(Bucket=arguments.bucket, Key=prefix + name)["Body"])
        return None if mine == theirs else f"{name}: contents differ: local sha256 {mine}, object {theirs}"

    found = [f"{name}: not in the bucket" for name in local if name not in remote]
    found += [f"{name}: only in the bucket" for name in remote if name not in local]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found += [line for line in pool.map(compare, sorted(remote & local.keys())) if line]
    return json.dumps(sorted(found))


def parse(words=None):
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name, function, *positional):
        added = commands.add_parser(name)
        added.set_defaults(function=function)
        for argument in positional:
            added.add_argument(argument)
        return added

    command("make-bucket", make_bucket, "bucket").add_argument("--versioned", action="store_true")
    added = command("put", put, "bucket", "key", "file")
    added.add_argument("--content-type")
    added.add_argument("--metadata", action="append", default=[], metavar="NAME=VALUE")
    added = command("put-many", put_many, "bucket", "prefix")
    added.add_argument("count", type=int)
    added.add_argument("--size", type=int, default=1)
    command("get", get, "bucket", "key", "file")
    command("head", head, "bucket", "key").add_argument("--sha256", action="store_true")
    command("list", list_objects, "bucket").add_argument("prefix", nargs="?", default="")
    command("show", show, "bucket").add_argument("prefix", nargs="?", default="")
    command("uploads", uploads, "bucket")
    command("delete", delete, "bucket").add_argument("keys", nargs="+")
    command("verify-tree", verify_tree, "directory", "bucket").add_argument("prefix", nargs="?", default="")
    return parser.parse_args(words)


def serve():
    for line in sys.stdin:
        try:
            arguments = parse(json.loads(line))
            reply = {"answer": arguments.function(client(), arguments) or ""}
        except SystemExit:
            reply = {"failure": "wrong arguments"}
        except FAILURES as error:
            reply = {"failure": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


FAILURES = (BotoCoreError, ClientError, OSError, boto3.exceptions.Boto3Error)


def main():
    if sys.argv[1:] == ["--serve"]:
        serve()
        return
    arguments = parse()
    try:
        answer = arguments.function(client(), arguments)
    except FAILURES as error:
        sys.exit(f"{type(error).__name__}: {error}")
    if answer is not None:
        print(answer)


if __name__ == "__main__":
    main()
