# SPDX-License-Identifier: Apache-2.0
"""ministack: an AWS emulator in one process."""

import http.client
import json
import os
import re
import signal
import urllib.parse

from .error import ServerError
from .server import Server, program
from .signing import REGION, call


class Ministack(Server):
    name = "ministack"
    # State other than objects is written when it ends.
    grace_seconds = 5
    ROOT = ("test", "test")

    def command(self):
        return [program("ministack")]

    def environment(self):
        return {
            "AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.ports[0]),
            "MINISTACK_HOST": "127.0.0.1", "MINISTACK_REGION": REGION,
            "S3_PERSIST": "1", "S3_DATA_DIR": os.path.join(self.directory, "data", "s3"),
            "PERSIST_STATE": "1", "STATE_DIR": os.path.join(self.directory, "data", "state"),
        }

    def __init__(self):
        super().__init__()
        self.has_user = False

    def probe(self):
        if self.has_user:
            return super().probe()
        status, text = call(self.ports[0], "s3", "GET", "/", b"", *self.ROOT)
        return None if status == 200 else f"status {status}: {text[:200]}"

    def prepare(self):
        # The signatures of the root key are not verified; those of an IAM user are.
        user = "pail"
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.iam(Action="CreateUser", UserName=user)
        self.iam(Action="PutUserPolicy", UserName=user, PolicyName="all", PolicyDocument=json.dumps(policy))
        answer = self.iam(Action="CreateAccessKey", UserName=user)
        self.access_key = re.search("<AccessKeyId>([^<]+)<", answer).group(1)
        self.secret_key = re.search("<SecretAccessKey>([^<]+)<", answer).group(1)
        self.has_user = True

    def signal(self, number):
        if number == signal.SIGKILL:
            raise ServerError("ministack writes its state when it is stopped: a killed one cannot be restarted")
        super().signal(number)

    def iam(self, **parameters):
        body = urllib.parse.urlencode({**parameters, "Version": "2010-05-08"}).encode()
        try:
            status, text = call(self.ports[0], "iam", "POST", "/", body, *self.ROOT)
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(f"{self.name}: {parameters['Action']}: {error}") from error
        if status != 200:
            raise ServerError(f"{self.name}: {parameters['Action']}: status {status}: {text[:500]}")
        return text
