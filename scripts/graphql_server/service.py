# SPDX-License-Identifier: Apache-2.0
"""The server as its caller knows it: a directory, a port, an API key, commands.

State: the SQLite file and the `outputs` file in the directory; the key; whether it listens. Only the thread that reads commands
starts, stops and changes the key; requests are served by threads of their own.
"""

import json
import os
import secrets
import tempfile

from graphql_models.introspection import data_section
from test_server.error import ServerError
from test_server.ports import free_ports
from test_server.signing import REGION

from .faults import Faults
from .records import Records
from .resolvers import Resolvers
from .web import WebServer

ATTEMPTS = 4


class Service:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="pail-graphql-server-")
        self.faults = Faults()
        self.resolvers = Resolvers(Records(os.path.join(self.directory, "records.sqlite")))
        self.key = None
        self.port = None
        self.web = None

    def start(self):
        for attempt in range(ATTEMPTS):
            self.port = free_ports(1)[0]
            try:
                self.listen()
                break
            except OSError:
                if attempt == ATTEMPTS - 1:
                    raise
        self.make_key()

    def listen(self):
        self.web = WebServer(self)
        self.web.start()

    def stop(self):
        if self.web:
            self.web.stop()
        self.web = None

    def make_key(self):
        self.key = "da2-" + secrets.token_hex(13)
        section = data_section(REGION, self.url, self.key, [])
        new = self.outputs + ".new"
        with open(new, "w", encoding="utf-8") as file:
            json.dump({"version": "1.4", "data": section}, file, indent=2)
            file.write("\n")
        os.rename(new, self.outputs)

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        return self.endpoint + "/graphql"

    @property
    def outputs(self):
        return os.path.join(self.directory, "amplify_outputs.json")

    def description(self):
        return {
            "name": "graphql-server", "endpoint": self.endpoint, "url": self.url, "apiKey": self.key, "outputs": self.outputs,
            "region": REGION, "directory": self.directory, "processID": os.getpid(),
        }

    def perform(self, line):
        """Does what `line` says; the answer is an object. The commands are described in __main__.py."""
        verb, *arguments = line.split() or [""]
        if verb in ("fail", "drop"):
            wanted = 2 if verb == "fail" else 1
            numbers = [number(text) for text in arguments]
            if len(numbers) not in (wanted, wanted + 1):
                raise ServerError(f"expected: {verb}{' STATUS' if verb == 'fail' else ''} TIMES [AFTER]")
            status = numbers.pop(0) if verb == "fail" else None
            self.faults.plan(status, *numbers)
        elif verb == "delay" and len(arguments) == 1:
            self.faults.delay = number(arguments[0]) / 1000
        elif verb == "heal":
            self.faults.heal()
        elif verb == "counts":
            return self.faults.counts()
        elif verb == "expire-key":
            self.key = None
        elif verb == "new-key":
            self.make_key()
            return {"apiKey": self.key}
        elif verb == "stop":
            self.stop()
        elif verb == "restart":
            self.stop()
            self.listen()
        else:
            raise ServerError(f"unknown command: {line.strip()}")
        return {}


def number(text):
    if not text.isdigit():
        raise ServerError(f"expected a number, not '{text}'")
    return int(text)
