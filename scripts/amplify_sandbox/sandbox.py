# SPDX-License-Identifier: Apache-2.0
"""The sandbox: a server, a backend on it, and a directory with what its users need.

    amplify_outputs.json    for `pail --amplify`, and for an app
    env.sh                  where the server is: AWS_ENDPOINT_URL
    passwords/USER          the users' passwords, readable by their owner only

State: the server's process and the files in the directory. `end` removes both, and the directory if it was made here.
A file that is there already is never overwritten: an app's own amplify_outputs.json may be in the directory.
"""

import json
import os
import shutil
import tempfile
import time

import botocore.exceptions
import totp
from auth import Auth
from aws import EmulatedAWS
from data import Data
from outputs import outputs
from storage import Storage
from test_server.commands import perform
from test_server.error import ServerError
from test_server.signing import REGION


class Sandbox:
    def __init__(self, directory):
        self.aws = None
        self.is_ours = directory is None or not os.path.exists(directory)
        self.directory = tempfile.mkdtemp(prefix="pail-amplify-") if directory is None else os.path.abspath(directory)
        self.made = []

    def start(self):
        os.makedirs(self.directory, exist_ok=True)
        for name in ("amplify_outputs.json", "env.sh", "passwords"):
            if os.path.lexists(self.path(name)):
                raise ServerError(f"{self.path(name)} exists already: give another directory, or remove it")
        self.aws = EmulatedAWS()
        self.aws.start()
        self.auth = Auth(self.aws, REGION)
        self.storage = Storage(self.aws, self.auth)
        self.data = Data(self.aws, self.auth)
        try:
            self.auth.create()
            self.storage.create()
            self.data.create()
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise ServerError(f"{error}{self.aws.log_tail()}") from error
        self._write_files()

    def path(self, name):
        return os.path.join(self.directory, name)

    def password_file(self, user):
        return self.path(f"passwords/{user.name}")

    def _write_files(self):
        self.made.append("passwords")
        os.mkdir(self.path("passwords"), 0o700)
        for user in self.auth.users.values():
            self._write(f"passwords/{user.name}", user.password + "\n", 0o600)
        self._write("env.sh", f"export AWS_ENDPOINT_URL={self.aws.endpoint}\n", 0o644)
        self._write_outputs()

    def _write_outputs(self):
        text = json.dumps(outputs(self.auth, self.storage, self.data), indent=2)
        self._write("amplify_outputs.json", text + "\n", 0o644)

    def _write(self, name, text, mode):
        if "/" not in name:
            self.made.append(name)
        # Who waits for a file finds all of it.
        new = self.path(name + ".new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(file, "w", encoding="utf-8") as stream:
            os.fchmod(file, mode)
            stream.write(text)
        os.rename(new, self.path(name))

    def description(self):
        """For programs. `accessKeyID` and `secretAccessKey` may do everything, for independent checks."""
        return {
            **self.aws.description(), "name": "amplify-sandbox", "outputs": self.path("amplify_outputs.json"),
            "sandbox": self.directory, "buckets": self.storage.names, "data": self.data.description(),
            "users": {
                user.name: {
                    "username": user.username, "sub": user.sub, "groups": user.groups, "identityID": user.identity,
                    "passwordFile": self.password_file(user), "totpSecret": user.totp_secret,
                } for user in self.auth.users.values()
            },
        }

    def perform(self, line):
        """Does a command, of this program or of scripts/test-server."""
        verb, _, argument = line.strip().partition(" ")
        if verb == "lifetime":
            self.aws.control.write(credentialLifetime=seconds(argument))
        elif verb == "token-lifetime":
            self.aws.control.write(tokenLifetime=seconds(argument))
        elif verb == "expire":
            self.aws.control.write(expiredBefore=time.time())
        elif verb == "expire-key":
            self.aws.control.write(expiredKeys=[*self.aws.control.read()["expiredKeys"], self.data.key])
        elif verb == "new-key":
            self.data.create_key()
            self._write_outputs()
            return {"apiKey": self.data.key}
        elif verb == "totp":
            return {"code": totp.code(self.auth.users["tina"].totp_secret)}
        else:
            return perform(self.aws, line)
        return {}

    def end(self):
        if self.aws:
            self.aws.kill()
            shutil.rmtree(self.aws.directory, ignore_errors=True)
        for name in self.made:
            path = self.path(name)
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            elif os.path.exists(path):
                os.unlink(path)
        if self.is_ours:
            try:
                os.rmdir(self.directory)
            except OSError:
                pass  # Somebody else's files are in it.


def seconds(text):
    if not text.isdigit() or int(text) == 0:
        raise ServerError(f"expected a number of seconds, not '{text}'")
    return int(text)
