# SPDX-License-Identifier: Apache-2.0
"""That the store of the sandbox enforces what an Amplify backend's policies say, role by role, path by path, action by action.

The expectations are written by hand from the access definition, not made from it: they are a second opinion on access.py as
well as on the emulator. boto3 asks, with the credentials that each user's identity is given.
"""

import base64
import json
import secrets
import time

import totp
from botocore.exceptions import ClientError

# What each may do: g(et), l(ist), w(rite), d(elete). {alice} is her identity.
TABLE = {
    ("app", "public/"):          {"guest": "gl", "alice": "glwd", "bob": "glwd", "carol": "glwd", "dave": "glwd", "erin": "glw"},
    ("app", "public/news/"):     {"guest": "gl", "alice": "glwd", "bob": "glwd", "carol": "glwd", "dave": "glwd", "erin": "glw"},
    ("app", "public/drafts/"):   {"alice": "gl", "bob": "gl", "carol": "glwd", "dave": "glwd"},
    ("app", "images/"):          {"alice": "glwd", "bob": "glwd", "carol": "glwd", "dave": "glwd"},
    ("app", "private/"):         {"carol": "gl", "dave": "gl"},
    ("app", "private/{alice}/"): {"alice": "glwd", "carol": "gl", "dave": "gl"},
    ("app", "private/{bob}/"):   {"bob": "glwd", "carol": "gl", "dave": "gl"},
    # Owners lose their folder with the membership of a group.
    ("app", "private/{carol}/"): {"carol": "gl", "dave": "gl"},
    ("app", "inbox/"):           {"guest": "w", "alice": "w", "bob": "w", "carol": "gld", "dave": "gld"},
    ("app", "getonly/"):         {"alice": "g", "bob": "g"},
    ("app", "other/"):           {},
    ("app", ""):                 {},
    ("media", "photos/"):        {"guest": "l", "alice": "gl", "bob": "gl", "erin": "glwd"},
    ("media", "admin/"):         {"carol": "glwd", "dave": "glwd"},
    ("media", ""):               {},
}
WHO = ("guest", "alice", "bob", "carol", "dave", "erin")


def code_of(call, **arguments):
    """What the store says: OK, or the code of its error."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "OK"


class SelfTest:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.auth, self.storage, self.aws = sandbox.auth, sandbox.storage, sandbox.aws
        self.checks = 0
        self.problems = []
        self.clients = {who: self.client(who) for who in WHO}

    def client(self, who):
        return self.aws.client("s3", self.auth.credentials(self.auth.users.get(who)))

    def expect(self, what, found, wanted):
        self.checks += 1
        if found != wanted:
            self.problems.append(f"{what}: {found}, expected {wanted}")

    def run(self):
        for (friendly, path), rights in TABLE.items():
            for who in WHO:
                self.check_rights(who, self.storage.names[friendly], self.storage.key(path), rights.get(who, ""))
        self.check_shapes()
        self.check_uploads()
        self.check_sign_in()
        self.check_challenges()
        self.check_tokens()
        self.check_expiry()
        return self.problems

    def check_rights(self, who, bucket, path, rights):
        root, client = self.storage.s3, self.clients[who]
        key = f"{path}probe-{secrets.token_hex(4)}"
        root.put_object(Bucket=bucket, Key=key, Body=b"probe")
        for letter, call, arguments in (
                ("g", client.get_object, {"Key": key}), ("g", client.head_object, {"Key": key}),
                ("l", client.list_objects_v2, {"Prefix": path}), ("l", client.list_objects_v2, {"Prefix": path, "Delimiter": "/"}),
                ("w", client.put_object, {"Key": key, "Body": b"new"}),
                ("w", client.put_object, {"Key": key + "-2", "Body": b"new", "IfNoneMatch": "*"}),
                ("d", client.delete_object, {"Key": key})):
            # HEAD has no body, so no code.
            refused = "403" if call == client.head_object else "AccessDenied"
            self.expect(f"{who} {call.__name__} {bucket}/{path}", code_of(call, Bucket=bucket, **arguments),
                        "OK" if letter in rights else refused)
        for name in (key, key + "-2"):
            root.delete_object(Bucket=bucket, Key=name)

    def check_shapes(self):
        """What the shape of the generated policies implies."""
        app = self.storage.names["app"]
        alice = self.clients["alice"]
        for what, prefix in (("the root", ""), ("a path without its slash", "public"), ("a part of a name", "publ")):
            self.expect(f"list {what}", code_of(alice.list_objects_v2, Bucket=app, Prefix=prefix), "AccessDenied")
        self.expect("list with no prefix", code_of(alice.list_objects_v2, Bucket=app), "AccessDenied")
        self.expect("get of a missing key", code_of(alice.get_object, Bucket=app, Key="public/none"), "AccessDenied")
        self.expect("head of a missing key", code_of(alice.head_object, Bucket=app, Key="public/none"), "403")
        self.expect("missing key, root", code_of(self.storage.s3.head_object, Bucket=app, Key="public/none"), "404")
        # A denied child shows in its parent, and only its name.
        found = self.clients["erin"].list_objects_v2(Bucket=app, Prefix="public/", Delimiter="/")
        self.expect("a denied child in its parent", "public/drafts/" in [p["Prefix"] for p in found["CommonPrefixes"]], True)
        copy = {"Bucket": app, "CopySource": {"Bucket": app, "Key": "public/welcome.txt"}}
        self.expect("copy", code_of(alice.copy_object, Key="images/copy.txt", **copy), "OK")
        self.expect("copy to where one may not write", code_of(alice.copy_object, Key="getonly/c", **copy), "AccessDenied")
        copy["CopySource"]["Key"] = "inbox/letter.txt"
        self.expect("copy of what one may not get", code_of(alice.copy_object, Key="images/c", **copy), "AccessDenied")
        self.storage.s3.delete_object(Bucket=app, Key="images/copy.txt")
        delete = {"Objects": [{"Key": "images/none"}, {"Key": "getonly/none"}]}
        self.expect("delete of many, one not allowed", code_of(alice.delete_objects, Bucket=app, Delete=delete), "AccessDenied")

    def check_uploads(self):
        """PutObject is all that an upload needs; nothing grants the rest."""
        app, alice = self.storage.names["app"], self.clients["alice"]
        target = {"Bucket": app, "Key": "images/large.bin"}
        upload = {**target, "UploadId": alice.create_multipart_upload(**target)["UploadId"]}
        tag = alice.upload_part(**upload, PartNumber=1, Body=b"part")["ETag"]
        self.expect("list parts", code_of(alice.list_parts, **upload), "AccessDenied")
        self.expect("abort", code_of(alice.abort_multipart_upload, **upload), "AccessDenied")
        self.expect("list uploads", code_of(alice.list_multipart_uploads, Bucket=app), "AccessDenied")
        self.expect("complete", code_of(
            alice.complete_multipart_upload, **upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]}), "OK")
        self.storage.s3.delete_object(**target)

    def initiate(self, name, password=None):
        user = self.auth.users[name]
        return self.auth.idp.initiate_auth(ClientId=self.auth.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
            "USERNAME": user.username, "PASSWORD": password or user.password})

    def respond(self, challenge, name, **responses):
        return self.auth.idp.respond_to_auth_challenge(
            ClientId=self.auth.client_id, ChallengeName=challenge["ChallengeName"], Session=challenge["Session"],
            ChallengeResponses={"USERNAME": self.auth.users[name].username, **responses})

    def check_challenges(self):
        wrong = f"{(int(totp.code(self.auth.users['tina'].totp_secret)) + 1) % 1_000_000:06}"
        asked = self.initiate("tina")
        self.expect("tina's challenge", asked.get("ChallengeName"), "SOFTWARE_TOKEN_MFA")
        self.expect("a wrong code", code_of(
            self.respond, challenge=asked, name="tina", SOFTWARE_TOKEN_MFA_CODE=wrong), "CodeMismatchException")
        code = totp.code(self.auth.users["tina"].totp_secret)
        self.expect("another try", code_of(self.respond, challenge=asked, name="tina", SOFTWARE_TOKEN_MFA_CODE=code), "OK")
        for what, session in (("a session twice", asked["Session"]), ("no session", "none-" * 8)):
            self.expect(what, code_of(self.respond, challenge={**asked, "Session": session}, name="tina",
                                      SOFTWARE_TOKEN_MFA_CODE=code), "NotAuthorizedException")
        self.expect("tina, with her code", code_of(
            self.client("tina").list_objects_v2, Bucket=self.storage.names["app"], Prefix="public/"), "OK")
        asked = self.initiate("nora")
        self.expect("nora's challenge", asked.get("ChallengeName"), "NEW_PASSWORD_REQUIRED")
        self.expect("too simple a password", code_of(
            self.respond, challenge=asked, name="nora", NEW_PASSWORD="simple"), "InvalidPasswordException")
        self.auth.users["nora"].password = "Another-1"
        self.expect("nora's new password", code_of(
            self.respond, challenge=asked, name="nora", NEW_PASSWORD="Another-1"), "OK")
        self.expect("nora, signed in", code_of(
            self.client("nora").list_objects_v2, Bucket=self.storage.names["app"], Prefix="public/"), "OK")

    def check_tokens(self):
        def claims(token):
            part = token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))

        self.sandbox.perform("token-lifetime 40")
        tokens = self.auth.sign_in(self.auth.users["dave"])
        found = claims(tokens["IdToken"])
        self.expect("the lifetime of a token", found["exp"] - found["iat"], 40)
        self.expect("dave's role", found["cognito:preferred_role"].rpartition("/")[2], self.auth.roles["groupsadmin"])
        self.expect("dave's groups", sorted(found["cognito:groups"]), ["admin", "editors"])
        refresh = {"ClientId": self.auth.client_id, "RefreshToken": tokens["RefreshToken"]}
        again = claims(self.auth.idp.get_tokens_from_refresh_token(**refresh)["AuthenticationResult"]["IdToken"])
        self.expect("dave's role, refreshed", again["cognito:preferred_role"], found["cognito:preferred_role"])
        self.auth.idp.revoke_token(ClientId=self.auth.client_id, Token=tokens["RefreshToken"])
        self.expect("a revoked token", code_of(self.auth.idp.get_tokens_from_refresh_token, **refresh), "NotAuthorizedException")
        self.sandbox.perform("token-lifetime 3600")

    def check_sign_in(self):
        idp, users = self.auth.idp, self.auth.users
        self.expect("a wrong password", code_of(self.initiate, name="alice", password="wrong"), "NotAuthorizedException")
        srp = idp.initiate_auth(ClientId=self.auth.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={
            "USERNAME": users["alice"].username, "SRP_A": "ab" * 384})
        self.expect("SRP", srp.get("ChallengeName"), "PASSWORD_VERIFIER")
        # As in a stock backend, whose users sign in with their addresses.
        self.expect("SRP's user", srp["ChallengeParameters"]["USER_ID_FOR_SRP"], users["alice"].sub)
        tokens = self.auth.sign_in(users["alice"])
        self.expect("one identity a user", self.auth.identity_of(tokens), users["alice"].identity)
        self.expect("nobody else's identity", code_of(
            self.auth.identities.get_credentials_for_identity, IdentityId=users["bob"].identity,
            Logins={self.auth.provider: tokens["IdToken"]}), "NotAuthorizedException")
        self.expect("an identity without its login", code_of(
            self.auth.identities.get_credentials_for_identity, IdentityId=users["alice"].identity), "NotAuthorizedException")

    def check_expiry(self):
        """An expired key is refused as such; new credentials of the same identity are not."""
        app = self.storage.names["app"]
        listing = {"Bucket": app, "Prefix": "public/"}
        old = self.clients["alice"]
        self.sandbox.perform("expire")
        new = self.client("alice")
        self.expect("an expired key", code_of(old.list_objects_v2, **listing), "ExpiredToken")
        self.expect("a new key", code_of(new.list_objects_v2, **listing), "OK")
        self.sandbox.perform("lifetime 1")
        short = self.client("guest")
        self.sandbox.perform("lifetime 3600")
        deadline = time.monotonic() + 10
        while code_of(short.list_objects_v2, **listing) == "OK" and time.monotonic() < deadline:
            time.sleep(0.1)
        self.expect("a key after its lifetime", code_of(short.list_objects_v2, **listing), "ExpiredToken")
        self.sandbox.perform("restart")
        self.expect("a key after a restart", code_of(new.list_objects_v2, **listing), "OK")
        self.expect("an expired key after a restart", code_of(old.list_objects_v2, **listing), "ExpiredToken")
        self.expect("sign-in after a restart", code_of(self.client("bob").list_objects_v2, **listing), "OK")
