# SPDX-License-Identifier: Apache-2.0
"""What the sandbox tells its emulator while that runs: a small JSON file, replaced as a whole."""

import json
import os

# Lifetimes are in seconds, `…Before` is seconds since 1970. tokenLifetime 0: as the app client says. tokenKey: signs tokens.
# expiredKeys: of the GraphQL API.
BEGINNING = {"credentialLifetime": 3600, "expiredBefore": 0.0, "tokenLifetime": 0, "tokenKey": "", "expiredKeys": []}


class Control:
    """The file as the emulator reads it, and as the sandbox writes it."""

    def __init__(self, path):
        self.path = path
        self._seen = None
        self._values = dict(BEGINNING)

    def read(self):
        status = os.stat(self.path)
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            with open(self.path, encoding="utf-8") as file:
                self._values = json.load(file)
            self._seen = seen
        return self._values

    def write(self, **changes):
        self._values = {**self._values, **changes}
        new = self.path + ".new"
        with open(new, "w", encoding="utf-8") as file:
            json.dump(self._values, file)
        os.replace(new, self.path)
