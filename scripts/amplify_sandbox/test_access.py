# SPDX-License-Identifier: Apache-2.0
"""That access.py gives what Amplify's generator gives, for the examples of its documentation and of its own tests."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from access import Access, authenticated, entity, groups, guest  # noqa: E402

VARIABLE = "${cognito-identity.amazonaws.com:sub}"


def summary(access, role):
    """[(effect, action, paths)], a list's by its prefixes without the forms that end with a slash."""
    found = []
    for statement in access.policy(role, "B")["Statement"]:
        if statement["Action"] == "s3:ListBucket":
            assert statement["Resource"] == "arn:aws:s3:::B"
            prefixes = statement["Condition"]["StringLike"]["s3:prefix"]
            assert prefixes[1::2] == [prefix[:-1] for prefix in prefixes[::2]]
            paths = prefixes[::2]
        else:
            paths = [resource.removeprefix("arn:aws:s3:::B/") for resource in statement["Resource"]]
        found.append((statement["Effect"], statement["Action"].removeprefix("s3:"), paths))
    return found


class AccessTests(unittest.TestCase):
    def test_one_path(self):
        access = Access({"images/*": [authenticated("read", "write", "delete")]})
        self.assertEqual(access.paths, {"images/*": {"authenticated": ["get", "list", "write", "delete"]}})
        self.assertEqual(access.roles, ["authenticated"])
        self.assertIsNone(access.policy("guest", "B"))
        self.assertEqual(access.policy("authenticated", "B")["Statement"], [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::B/images/*"]},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::B",
             "Condition": {"StringLike": {"s3:prefix": ["images/*", "images/"]}}},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": ["arn:aws:s3:::B/images/*"]},
            {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": ["arn:aws:s3:::B/images/*"]},
        ])

    def test_a_child_overrides_its_parent(self):
        access = Access({
            "foo/*": [authenticated("get", "write")], "foo/bar/*": [guest("get")], "foo/baz/*": [authenticated("get")],
        })
        self.assertEqual(summary(access, "authenticated"), [
            ("Allow", "GetObject", ["foo/*"]), ("Deny", "GetObject", ["foo/bar/*"]),
            ("Allow", "PutObject", ["foo/*"]), ("Deny", "PutObject", ["foo/bar/*", "foo/baz/*"]),
        ])
        self.assertEqual(summary(access, "guest"), [("Allow", "GetObject", ["foo/bar/*"])])

    def test_the_matrix_of_the_documentation(self):
        access = Access({
            "foo/*": [authenticated("read", "write", "delete")],
            "foo/bar/*": [guest("read")],
            "foo/baz/*": [authenticated("read")],
            "other/*": [guest("read"), authenticated("read", "write")],
        })
        self.assertEqual(summary(access, "guest"), [
            ("Allow", "GetObject", ["foo/bar/*", "other/*"]), ("Allow", "ListBucket", ["foo/bar/*", "other/*"])])
        self.assertEqual(summary(access, "authenticated"), [
            ("Allow", "GetObject", ["foo/*", "other/*"]), ("Deny", "GetObject", ["foo/bar/*"]),
            ("Allow", "ListBucket", ["foo/*", "other/*"]), ("Deny", "ListBucket", ["foo/bar/*"]),
            ("Allow", "PutObject", ["foo/*", "other/*"]), ("Deny", "PutObject", ["foo/bar/*", "foo/baz/*"]),
            ("Allow", "DeleteObject", ["foo/*"]), ("Deny", "DeleteObject", ["foo/bar/*", "foo/baz/*"]),
        ])

    def test_an_entity_s_path(self):
        access = Access({"private/{entity_id}/*": [entity("read", "write"), groups(["a", "b"], "get"), authenticated("list")]})
        self.assertEqual(access.paths, {
            f"private/{VARIABLE}/*": {"entityidentity": ["get", "list", "write"]},
            "private/*": {"groupsa": ["get"], "groupsb": ["get"], "authenticated": ["list"]},
        })
        # The entity's path is in one that its role has as well: nothing is denied there.
        self.assertEqual(summary(access, "authenticated"), [
            ("Allow", "GetObject", [f"private/{VARIABLE}/*"]), ("Allow", "ListBucket", ["private/*"]),
            ("Allow", "PutObject", [f"private/{VARIABLE}/*"])])
        self.assertEqual(summary(access, "groupsa"), [("Allow", "GetObject", ["private/*"])])

    def test_what_is_refused(self):
        for paths in (["/a/*"], ["a"], ["a/"], ["a//b/*"], ["a/*/b/*"], ["a/*", "a/b/*", "a/b/c/*"], ["{entity_id}/*"],
                      ["a/{entity_id}/b/*"], ["a/x{entity_id}/*"], ["a/*", "a/{entity_id}/*"]):
            with self.assertRaises(ValueError, msg=paths):
                Access({path: [authenticated("get")] for path in paths})
        with self.assertRaises(ValueError):
            Access({"a/*": [authenticated("get"), authenticated("write")]})


if __name__ == "__main__":
    unittest.main()
