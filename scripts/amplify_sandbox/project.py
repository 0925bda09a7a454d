# SPDX-License-Identifier: Apache-2.0
"""The app of the sandbox: its users, its buckets, who may do what, and what is in the buckets at the beginning.

Written like an Amplify backend's `defineAuth` and `defineStorage`. It has every construct of an access definition, each
with a reason to exist in an app. There is no rule for anything else: README.txt, for one, is nobody's.
"""

from access import Access, authenticated, entity, groups, guest

# The first has the highest precedence.
GROUPS = ["admin", "editors"]

# Name → groups. The order of a user's groups says nothing; dave's is against precedence on purpose.
USERS = {
    "alice": [],
    "bob": [],
    "carol": ["admin"],
    "dave": ["editors", "admin"],
    "erin": ["editors"],
    # Has to choose a password at the first sign-in.
    "nora": [],
    # Is asked for a one-time code.
    "tina": [],
}

DEFAULT_BUCKET = "app"

BUCKETS = {
    "app": Access({
        "public/*": [
            guest("read"), authenticated("read", "write", "delete"),
            groups(["admin"], "read", "write", "delete"), groups(["editors"], "read", "write"),
        ],
        # Overrides its parent: editors and guests have nothing here.
        "public/drafts/*": [authenticated("read"), groups(["admin"], "read", "write", "delete")],
        "images/*": [authenticated("read", "write", "delete"), groups(["admin"], "read", "write", "delete")],
        "private/{entity_id}/*": [entity("read", "write", "delete"), groups(["admin"], "read")],
        # A letter box.
        "inbox/*": [guest("write"), authenticated("write"), groups(["admin"], "read", "delete")],
        # For those who know a name.
        "getonly/*": [authenticated("get")],
    }),
    "media": Access({
        "photos/*": [guest("list"), authenticated("read"), groups(["editors"], "read", "write", "delete")],
        "admin/*": [groups(["admin"], "read", "write", "delete")],
    }),
}

TEXT = "text/plain; charset=utf-8"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>\n'

# Bucket, key, content type, metadata, text. `{alice}` is alice's identity. Tests name these.
OBJECTS = [
    ("app", "README.txt", TEXT, {}, "Outside of all paths: nobody but the owner of the bucket reads this.\n"),
    ("app", "other/outside.txt", TEXT, {}, "Outside of all paths, too.\n"),
    ("app", "public/welcome.txt", TEXT, {"author": "carol", "rating": "5"}, "Welcome!\n"),
    ("app", "public/news/today.txt", TEXT, {}, "Nothing happened today.\n"),
    ("app", "public/drafts/plan.txt", TEXT, {"author": "carol"}, "The plan, which is not ready.\n"),
    ("app", "images/dot.svg", "image/svg+xml", {"album": "shapes"}, SVG),
    ("app", "images/2026/note.txt", None, {}, "An object without a content type.\n"),
    ("app", "private/{alice}/diary.txt", TEXT, {"mood": "fine"}, "alice's diary\n"),
    ("app", "private/{bob}/diary.txt", TEXT, {}, "bob's diary\n"),
    ("app", "private/{carol}/diary.txt", TEXT, {}, "carol's diary, from before she was in a group\n"),
    ("app", "inbox/letter.txt", TEXT, {}, "Dear admin,\n"),
    ("app", "getonly/known.txt", TEXT, {}, "You knew the name.\n"),
    ("media", "photos/harbour.txt", TEXT, {"camera": "pencil"}, "A harbour at dawn.\n"),
    ("media", "photos/2026/hill.txt", TEXT, {}, "A hill.\n"),
    ("media", "admin/audit.log", "text/plain", {}, "carol signed in\n"),
    ("media", "notes.txt", TEXT, {}, "Outside of all paths.\n"),
]
