#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a table to a presigned PUT URL with DuckDB's COPY, and reads it back from a presigned GET URL.

    duckdb_copy.py PUT_URL GET_URL

Reading is DuckDB's own httpfs extension, from PyPI. It cannot write to HTTP ("Writing to HTTP files not implemented", also in
1.5.5), so for that DuckDB gets a file system in Python, which is the documented way (register_filesystem): it collects what
DuckDB writes and sends it with one PUT."""

import glob
import io
import os
import sys
import urllib.request

import duckdb
import duckdb_extension_httpfs
import fsspec


class Upload(io.BytesIO):
    def __init__(self, url):
        super().__init__()
        self.url = url

    def close(self):
        if not self.closed:
            headers = {"Content-Type": "application/octet-stream"}
            request = urllib.request.Request(self.url, data=self.getvalue(), headers=headers, method="PUT")
            urllib.request.urlopen(request, timeout=30).close()
        super().close()


class PresignedPut(fsspec.AbstractFileSystem):
    protocol = ("http", "https")
    cachable = False

    @classmethod
    def _strip_protocol(cls, path):
        return path

    def _open(self, path, mode="rb", **_):
        if mode != "wb":
            raise NotImplementedError(f"a URL to write to cannot be opened for {mode}")
        return Upload(path)

    def exists(self, path, **_):
        return False

    isfile = isdir = exists


def main(put_url, get_url):
    with duckdb.connect() as connection:
        connection.register_filesystem(PresignedPut())
        table = "SELECT range AS number, 'row ' || range AS name FROM range(1000)"
        connection.execute(f"COPY ({table}) TO '{put_url}' (FORMAT PARQUET)")
    folder = os.path.dirname(duckdb_extension_httpfs.__file__)
    extension = glob.glob(f"{folder}/extensions/*/httpfs.duckdb_extension")[0]
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{extension}'")
        found = connection.execute(f"SELECT count(*), sum(number), max(name) FROM read_parquet('{get_url}')")
        print(*found.fetchone())


if __name__ == "__main__":
    main(*sys.argv[1:])
