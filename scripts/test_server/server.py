# SPDX-License-Identifier: Apache-2.0
"""What all servers have in common: a directory, ports, credentials, a process that ends with this one."""

import ctypes
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

from .error import ServerError
from .ports import free_ports
from .signing import REGION, call

READY_SECONDS = 30
ATTEMPTS = 4


def program(name):
    """The path of a program of the virtual environment."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    venv = os.environ.get("PAIL_VENV") or os.path.join(root, ".venv")
    path = os.path.join(venv, "bin", name)
    if not os.access(path, os.X_OK):
        raise ServerError(f"{path} does not exist: run scripts/install first")
    return path


def die_with_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A server process: its command, its directory, its ports and credentials."""

    name = ""
    port_count = 1
    # How long a server may take to end by itself after SIGTERM. SeaweedFS takes minutes while clients are connected.
    grace_seconds = 0

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix=f"pail-{self.name}-")
        self.access_key = "PAIL" + secrets.token_hex(8).upper()
        self.secret_key = secrets.token_hex(20)
        self.ports = []
        self.process = None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def prepare(self):
        """What is to be done once the server answers for the first time."""

    def leftovers(self):
        """Files that the server makes outside of its directory."""
        return []

    def start(self):
        for attempt in range(ATTEMPTS):
            self.ports = free_ports(self.port_count)
            try:
                self.launch()
                self.prepare()
                return
            except ServerError:
                self.end()
                if attempt == ATTEMPTS - 1:
                    raise
                shutil.rmtree(os.path.join(self.directory, "data"), ignore_errors=True)

    def launch(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MINISTACK_", "WEED_"))}
        environment.update(HOME=self.directory, TMPDIR=self.directory, **self.environment())
        os.makedirs(os.path.join(self.directory, "data"), exist_ok=True)
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory, env=environment,
                start_new_session=True, preexec_fn=die_with_parent)
        deadline = time.monotonic() + READY_SECONDS
        last = "no answer"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerError(f"{self.name} ended with status {self.process.returncode}{self.log_tail()}")
            try:
                last = self.probe()
                if last is None:
                    return
            except (OSError, http.client.HTTPException) as error:
                last = str(error)
            time.sleep(0.05)
        raise ServerError(f"{self.name} was not ready within {READY_SECONDS} s ({last}){self.log_tail()}")

    def probe(self):
        """None when the server answers our credentials, else what it said."""
        status, text = call(self.ports[0], "s3", "GET", "/", b"", self.access_key, self.secret_key)
        return None if status == 200 else f"status {status}: {text[:200]}"

    def end(self):
        """Ends the server and its process group; its data stays."""
        if self.process is None:
            return
        if self.process.poll() is None and self.grace_seconds:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(self.grace_seconds)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def kill(self):
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None
        for path in self.leftovers():
            try:
                os.unlink(path)
            except OSError:
                pass

    def signal(self, number):
        if self.process is None:
            raise ServerError(f"{self.name} is not running")
        os.killpg(self.process.pid, number)

    def create_bucket(self, bucket):
        status, text = call(self.ports[0], "s3", "PUT", "/" + bucket, b"", self.access_key, self.secret_key)
        if status != 200:
            raise ServerError(f"cannot create bucket {bucket}: status {status}: {text[:500]}")

    def log_tail(self):
        try:
            with open(os.path.join(self.directory, "log"), errors="replace") as log:
                lines = log.read()[-4_000:].strip().splitlines()[-20:]
        except OSError:
            return ""
        return "; the end of its log:\n" + "\n".join(lines)

    def description(self):
        return {
            "name": self.name, "endpoint": f"http://127.0.0.1:{self.ports[0]}", "region": REGION,
            "accessKeyID": self.access_key, "secretAccessKey": self.secret_key, "directory": self.directory,
            "processID": self.process.pid,
        }
