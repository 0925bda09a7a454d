# SPDX-License-Identifier: Apache-2.0
"""What `defineStorage` creates, one for each bucket of project.py, and the objects that are there at the beginning."""

import secrets

from project import BUCKETS, OBJECTS


class Storage:
    """The buckets; `names` is their names at the store by their friendly names."""

    def __init__(self, aws, auth):
        self.s3 = aws.client("s3")
        self.auth = auth
        self.names = {}

    def create(self):
        for friendly, access in BUCKETS.items():
            name = self.names[friendly] = f"amplify-sandbox-{friendly}-{secrets.token_hex(6)}"
            self.s3.create_bucket(Bucket=name)
            for role in access.roles:
                self.auth.grant(role, f"storage-{friendly}", access.policy(role, name))
        for friendly, key, content_type, metadata, text in OBJECTS:
            properties = {"ContentType": content_type} if content_type else {}
            self.s3.put_object(
                Bucket=self.names[friendly], Key=self.key(key), Body=text.encode(), Metadata=metadata, **properties)

    def key(self, template):
        """A key with the users' identities for their names: `private/{alice}/diary.txt`."""
        return template.format_map({user.name: user.identity for user in self.auth.users.values() if user.identity})
