# SPDX-License-Identifier: Apache-2.0
"""That the API of the sandbox does what AppSync does (graphql_models/selftest.py), and lets in whom an Amplify backend lets in:
keys, tokens of users, credentials of identities, model by model."""

import json
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from graphql_models import selftest

LIST_SONGS = "query { listSongs(limit: 1) { nextToken } }"
LIST_TRACKS = "query { listTracks(limit: 1) { nextToken } }"
BOTH = "query { listSongs(limit: 1) { nextToken } listTracks(limit: 1) { nextToken } }"


def refused(field):
    return 200, ("Unauthorized", f"Not Authorized to access {field} on type Query")


OK = (200, None)
DENIED = (401, ("UnauthorizedException", "Permission denied"))


class DataSelfTest(selftest.SelfTest):
    def __init__(self, sandbox):
        super().__init__(sandbox.data.url, sandbox.data.key)
        self.sandbox, self.auth, self.region = sandbox, sandbox.auth, sandbox.auth.region

    def run(self):
        super().run()
        self.check_tokens()
        self.check_identities()
        self.check_expired_key()
        return self.problems

    def answer(self, query, headers):
        """(status, (type and message of the first error))"""
        status, body = self.client.post(json.dumps({"query": query}), headers)
        error = (body.get("errors") or [None])[0]
        return status, error and (error.get("errorType"), error["message"])

    def check_tokens(self):
        def unauthorized(message):
            return 401, ("UnauthorizedException", message)

        alice, carol = (self.auth.sign_in(self.auth.users[name]) for name in ("alice", "carol"))
        for kind in ("AccessToken", "IdToken"):
            self.expect(f"alice's {kind}", self.answer(LIST_SONGS, {"authorization": alice[kind]}), OK)
        self.expect("tracks, alice", self.answer(LIST_TRACKS, {"authorization": alice["AccessToken"]}), refused("listTracks"))
        self.expect("tracks, carol", self.answer(LIST_TRACKS, {"authorization": carol["AccessToken"]}), OK)
        token = alice["AccessToken"]
        head, claims, _ = token.split(".")
        for what, text in (
                ("Bearer", f"Bearer {token}"), ("another's signature", f"{head}.{claims}.{carol['AccessToken'].split('.')[2]}"),
                ("other claims", token.replace(claims, carol["AccessToken"].split(".")[1])), ("no token", "nothing"),
                ("no signature", f"{head}.{claims}")):
            self.expect(what, self.answer(LIST_SONGS, {"authorization": text}), unauthorized("Unable to parse JWT token."))
        self.expect("nothing", self.answer(LIST_SONGS, {}), unauthorized("Valid authorization header not provided."))
        self.sandbox.perform("token-lifetime 1")
        short = {"authorization": self.auth.sign_in(self.auth.users["alice"])["AccessToken"]}
        self.sandbox.perform("token-lifetime 3600")
        deadline = time.monotonic() + 10
        while self.answer(LIST_SONGS, short) == OK and time.monotonic() < deadline:
            time.sleep(0.1)
        self.expect("an expired token", self.answer(LIST_SONGS, short), unauthorized("Token has expired."))

    def signed(self, query, credentials, secret=None):
        """What is answered to a request that is signed with an identity's credentials."""
        key, own, token = credentials
        request = AWSRequest("POST", self.url, data=json.dumps({"query": query}), headers={"content-type": "application/json"})
        SigV4Auth(Credentials(key, secret or own, token), "appsync", self.region).add_auth(request)
        return self.answer(query, dict(request.headers))

    def check_identities(self):
        alice, carol = (self.auth.credentials(self.auth.users[name]) for name in ("alice", "carol"))
        self.expect("alice's role", self.signed(LIST_SONGS, alice), OK)
        self.expect("tracks, alice's role", self.signed(LIST_TRACKS, alice), DENIED)
        self.expect("both, alice's role", self.signed(BOTH, alice), refused("listTracks"))
        self.expect("carol's role", self.signed(LIST_SONGS, carol), DENIED)
        self.expect("a guest", self.signed(LIST_SONGS, self.auth.credentials()), DENIED)
        status, error = self.signed(LIST_SONGS, alice, secret="wrong")
        self.expect("a wrong signature", (status, error[0]), (400, "BadRequestException"))
        status, error = self.signed(LIST_SONGS, ("ASIAUNKNOWN", "x", "y"))
        self.expect("an unknown key", (status, error[0]), (403, "UnrecognizedClientException"))
        self.sandbox.perform("expire")
        status, error = self.signed(LIST_SONGS, alice)
        self.expect("expired credentials", (status, error[0]), (403, "ExpiredTokenException"))

    def check_expired_key(self):
        old = {"x-api-key": self.sandbox.data.key}
        self.expect("the key", self.answer(LIST_TRACKS, old), OK)
        self.sandbox.perform("expire-key")
        denied = 401, ("UnauthorizedException", "You are not authorized to make this call.")
        self.expect("an expired key", self.answer(LIST_SONGS, old), denied)
        new = {"x-api-key": self.sandbox.perform("new-key")["apiKey"]}
        self.expect("a new key", self.answer(LIST_SONGS, new), OK)
        self.expect("the old key", self.answer(LIST_SONGS, old), denied)
        before = self.client.post(json.dumps({"query": LIST_SONGS}), new)
        self.sandbox.perform("restart")
        again = selftest.Client(self.url, new)
        self.expect("after a restart", again.post(json.dumps({"query": LIST_SONGS})), before)
        self.expect("the old key after a restart", again.post(json.dumps({"query": LIST_SONGS}), old)[0], 401)
