# SPDX-License-Identifier: Apache-2.0
"""HTTP: POST /graphql, a thread for each connection. AppSync's answers to what is no GraphQL request, or has no good key."""

import functools
import hmac
import http.server
import json
import socket
import sys
import threading
import time
import uuid

from graphql import FieldNode, parse
from graphql.error import GraphQLError
from graphql_models.execution import Unparsable

LARGEST_BODY = 1 << 20
NAMES = {
    401: "UnauthorizedException", 429: "TooManyRequestsException", 500: "InternalFailure", 503: "ServiceUnavailableException",
}


class WebServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, service):
        self.service = service
        self._connections = set()
        self._connections_lock = threading.Lock()
        super().__init__(("127.0.0.1", service.port), Handler)

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Refuses connections from now on, and ends those that there are."""
        self.shutdown()
        self.server_close()
        with self._connections_lock:
            for connection in self._connections:
                end(connection)

    def process_request(self, request, client_address):
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that goes away is no error of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def end(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # The client was quicker.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self.answer(413, refusal("RequestEntityTooLargeException", "Request body too large"))
        body = self.rfile.read(length)
        service = self.server.service
        query, variables, name = request(body)
        fault = service.faults.arrived(root_fields(query))
        if fault and fault.status:
            reply = fault.status, refusal(NAMES.get(fault.status, "InternalFailure"), "a planned fault")
        else:
            reply = self.reply(query, variables, name)
        if service.faults.delay:
            time.sleep(service.faults.delay)
        if fault and not fault.status:
            self.close_connection = True
            return end(self.connection)
        self.answer(*reply)

    def reply(self, query, variables, name):
        """(status, JSON)"""
        service = self.server.service
        key = self.headers.get("x-api-key")
        if self.path != "/graphql":
            return 404, refusal("NotFoundException", "Not found")
        if not key or not service.key or not hmac.compare_digest(key, service.key):
            return 401, refusal("UnauthorizedException", "You are not authorized to make this call.")
        if query is None:
            return 400, refusal("MalformedHttpRequestException", "Invalid JSON payload in GraphQLAuth POST request.")
        try:
            data, errors = service.resolvers.execute(query, variables, name)
        except Unparsable:
            return 400, refusal("MalformedHttpRequestException", "Unable to parse GraphQL query.")
        return 200, {"data": data, **({"errors": errors} if errors else {})}

    def answer(self, status, value):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json;charset=UTF-8")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-amzn-requestid", str(uuid.uuid4()))
        if status != 200:
            self.send_header("x-amzn-errortype", value["errors"][0]["errorType"])
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()


def refusal(kind, message):
    return {"errors": [{"errorType": kind, "message": message}]}


def request(body):
    """(query, variables, operation name); the query is None if the body is no GraphQL request."""
    try:
        value = json.loads(body)
        query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    except (ValueError, AttributeError):
        return None, {}, None
    if not isinstance(query, str) or not isinstance(variables, (dict, type(None))):
        return None, {}, None
    return query, variables or {}, name


@functools.lru_cache(maxsize=512)
def root_fields(query):
    try:
        document = parse(query or "")
    except GraphQLError:
        return []
    return [
        each.name.value for definition in document.definitions if hasattr(definition, "operation")
        for each in definition.selection_set.selections if isinstance(each, FieldNode)]
