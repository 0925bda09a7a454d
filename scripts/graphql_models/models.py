# SPDX-License-Identifier: Apache-2.0
"""The models of the test servers: what `a.schema({...})` in amplify/data/resource.ts of such an app says.

Song and PhotoAlbum are those of Amplify's page about files of records; Track has a field of each kind. Who may use a model:

    Song, PhotoAlbum   who has the API key, users who are signed in (by token, and by the identity pool's role)
    Track              who has the API key, users in the group admin (by token)
"""

import dataclasses

# Name → values.
ENUMS = {"Genre": ["ROCK", "JAZZ"]}


@dataclasses.dataclass(frozen=True)
class Field:
    """`type` is a scalar's name or an enum's. The elements of an array may be null."""

    name: str
    type: str
    is_required: bool = False
    is_array: bool = False
    # Set by the service: not in any input.
    is_read_only: bool = False

    @property
    def is_enum(self):
        return self.type in ENUMS


@dataclasses.dataclass(frozen=True)
class Rule:
    """An authorization rule, with Amplify's words; it allows every operation."""

    allow: str
    provider: str
    groups: tuple = ()


PUBLIC_API_KEY = Rule("public", "apiKey")
AUTHENTICATED = Rule("private", "userPools")
AUTHENTICATED_IDENTITY_POOL = Rule("private", "identityPool")


def group(*names):
    return Rule("groups", "userPools", names)


class Model:
    """A model with the fields that Amplify adds: `id` first, the times last."""

    def __init__(self, name, own, rules):
        self.name = name
        self.plural = name + "s"
        self.rules = rules
        self.own = own
        self.fields = [
            Field("id", "ID", is_required=True), *own,
            Field("createdAt", "AWSDateTime", is_read_only=True), Field("updatedAt", "AWSDateTime", is_read_only=True)]


MODELS = [
    Model("Song", [
        Field("name", "String", is_required=True),
        Field("coverArtPath", "String"),
    ], [PUBLIC_API_KEY, AUTHENTICATED, AUTHENTICATED_IDENTITY_POOL]),
    Model("PhotoAlbum", [
        Field("name", "String", is_required=True),
        Field("imagePaths", "String", is_array=True),
    ], [PUBLIC_API_KEY, AUTHENTICATED, AUTHENTICATED_IDENTITY_POOL]),
    Model("Track", [
        Field("title", "String", is_required=True),
        Field("length", "Int"),
        Field("rating", "Float"),
        Field("isLive", "Boolean"),
        Field("genre", "Genre"),
        Field("tags", "String", is_array=True),
        Field("recordedOn", "AWSDate"),
        Field("lyricsKey", "String"),
        Field("stemKeys", "String", is_array=True),
        Field("albumID", "ID"),
    ], [PUBLIC_API_KEY, group("admin")]),
]


def operations(model):
    """(root type, field, kind) of all that can be done with a model."""
    return [
        ("Mutation", f"create{model.name}", "create"), ("Mutation", f"update{model.name}", "update"),
        ("Mutation", f"delete{model.name}", "delete"),
        ("Query", f"get{model.name}", "get"), ("Query", f"list{model.plural}", "list"),
    ]
