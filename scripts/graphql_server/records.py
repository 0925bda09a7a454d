# SPDX-License-Identifier: Apache-2.0
"""Items in SQLite: a table of (model, id, JSON). It does what the DynamoDB operations of Amplify's resolvers do.

A write reads, checks its condition and writes in one transaction, and all go through one lock: of several writers with the same
condition one succeeds. Nothing waits for a disk: the file is gone with the server.
"""

import json
import sqlite3
import threading

from .conditions import meets


class ConditionFailed(Exception):
    pass


class Records:
    def __init__(self, path):
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript("""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE item (model TEXT, id TEXT, fields TEXT NOT NULL, PRIMARY KEY (model, id)) WITHOUT ROWID;
        """)

    def _find(self, model, id):
        row = self._connection.execute("SELECT fields FROM item WHERE model = ? AND id = ?", (model, id)).fetchone()
        return json.loads(row[0]) if row else None

    def _store(self, model, item):
        self._connection.execute(
            "INSERT OR REPLACE INTO item VALUES (?, ?, ?)", (model, item["id"], json.dumps(item, ensure_ascii=False)))

    def find(self, model, id):
        with self._lock:
            return self._find(model, id)

    def put(self, model, item, condition):
        with self._lock:
            if self._find(model, item["id"]) is not None or not meets({}, condition):
                raise ConditionFailed
            self._store(model, item)
        return item

    def update(self, model, id, changes, condition):
        """Sets the values of `changes`; those that are None are removed."""
        with self._lock:
            item = self._existing(model, id, condition)
            for name, value in changes.items():
                if value is None:
                    item.pop(name, None)
                else:
                    item[name] = value
            self._store(model, item)
        return item

    def remove(self, model, id, condition):
        with self._lock:
            item = self._existing(model, id, condition)
            self._connection.execute("DELETE FROM item WHERE model = ? AND id = ?", (model, id))
        return item

    def _existing(self, model, id, condition):
        item = self._find(model, id)
        if item is None or not meets(item, condition):
            raise ConditionFailed
        return item

    def page(self, model, after, limit):
        """Up to `limit` items whose ids follow `after`, in the order of their ids."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT fields FROM item WHERE model = ? AND id > ? ORDER BY id LIMIT ?", (model, after, limit)).fetchall()
        return [json.loads(row[0]) for row in rows]
