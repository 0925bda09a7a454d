# SPDX-License-Identifier: Apache-2.0
"""A network between a client and a server on loopback: as slow as one, and with a meter."""

import queue
import socket
import threading
import time


class Proxy:
    """Passes on what clients send `latency` seconds later, and what the server answers at once; counts the bytes of both."""

    def __init__(self, endpoint, latency=0.0):
        self.target, self.latency = int(endpoint.rpartition(":")[2]), latency
        self.sent = self.answered = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.start(self.accept)

    @staticmethod
    def start(function, *arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting = queue.SimpleQueue()
            self.start(self.receive, client, waiting)
            self.start(self.forward, server, waiting)
            self.start(self.answer, server, client)

    def receive(self, client, waiting):
        try:
            while data := client.recv(256 << 10):
                with self.lock:
                    self.sent += len(data)
                waiting.put((time.monotonic() + self.latency, data))
        except OSError:
            pass
        waiting.put((0, b""))

    def forward(self, server, waiting):
        while True:
            due, data = waiting.get()
            if not data:
                break
            time.sleep(max(0, due - time.monotonic()))
            try:
                server.sendall(data)
            except OSError:
                break
        self.end(server)

    def answer(self, server, client):
        try:
            while data := server.recv(256 << 10):
                with self.lock:
                    self.answered += len(data)
                client.sendall(data)
        except OSError:
            pass
        self.end(client)

    @staticmethod
    def end(connection):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
