# SPDX-License-Identifier: Apache-2.0
"""Ports of 127.0.0.1 that are free now; somebody may still take one before it is used."""

import random
import socket

from .error import ServerError

# SeaweedFS serves gRPC at each port + 10000.
GRPC_OFFSET = 10_000
# With their gRPC ports below the kernel's ephemeral ports (32768 and up).
PORTS = range(12_000, 22_000)


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count):
    """Ports that are free now, with their gRPC neighbours."""
    chosen = []
    for port in random.sample(PORTS, 2_000):
        if is_free(port) and is_free(port + GRPC_OFFSET):
            chosen.append(port)
            if len(chosen) == count:
                return chosen
    raise ServerError("no free port on 127.0.0.1")
