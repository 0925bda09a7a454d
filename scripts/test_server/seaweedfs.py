# SPDX-License-Identifier: Apache-2.0
"""SeaweedFS: a real distributed object store, one process here."""

import os
import secrets

from .ports import GRPC_OFFSET
from .server import Server, program
from .signing import call


class SeaweedFS(Server):
    name = "seaweedfs"
    port_count = 5

    def command(self):
        s3, master, volume, filer, admin = self.ports
        return [
            program("weed"), "mini", "-dir=" + os.path.join(self.directory, "data"), "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-s3.port={s3}", f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}",
            f"-admin.port={admin}", "-admin.ui=false", "-webdav=false", "-master.telemetry=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0",
            # Every bucket gets volumes of its own, seven at a time: room for many buckets and for objects of several GiB.
            # Volumes are files that grow, so a large number costs nothing.
            "-volume.max=100000", "-master.volumeSizeLimitMB=1024",
            "-filer.localSocket=" + os.path.join(self.directory, "filer.sock"),
            "-s3.localSocket=" + os.path.join(self.directory, "s3.sock"),
        ]

    def probe(self):
        """S3 answers before its volumes are known: only an object that can be written and read tells."""
        problem = super().probe()
        if problem is not None:
            return problem
        bucket = "/readiness-" + secrets.token_hex(8)
        steps = (
            ("PUT", bucket, b"", 200), ("PUT", bucket + "/object", b"x" * 4_096, 200), ("GET", bucket + "/object", b"", 200),
            ("DELETE", bucket + "/object", b"", 204), ("DELETE", bucket, b"", 204),
        )
        for method, path, body, expected in steps:
            status, text = call(self.ports[0], "s3", method, path, body, self.access_key, self.secret_key)
            if status != expected:
                problem = problem or f"{method} {path}: status {status}: {text[:200]}"
        return problem

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def leftovers(self):
        names = zip(("s3", "master", "volume", "filer", "admin"), self.ports)
        return [f"/tmp/seaweedfs-{name}-grpc-{port + GRPC_OFFSET}.sock" for name, port in names]
