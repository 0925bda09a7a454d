# SPDX-License-Identifier: Apache-2.0
"""The server of the sandbox: ministack, with what emulator/ adds."""

import os
import secrets

import boto3
from botocore.config import Config
from emulator.control import Control
from test_server.ministack import Ministack
from test_server.server import program
from test_server.signing import REGION


class EmulatedAWS(Ministack):
    """S3, IAM, STS, Cognito, DynamoDB and AppSync on one port of loopback, with an IAM user who may do everything."""

    def __init__(self):
        super().__init__()
        self.control = Control(os.path.join(self.directory, "control.json"))
        self.control.write(tokenKey=secrets.token_hex(32))

    def command(self):
        return [program("python3"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "emulator")]

    def environment(self):
        return {**super().environment(), "AMPLIFY_SANDBOX_CONTROL": self.control.path}

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.ports[0]}"

    def client(self, service, credentials=None):
        """A boto3 client with the credentials (key, secret, token), or as the user who may do everything."""
        key, secret, token = credentials or (self.access_key, self.secret_key, None)
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))
