# SPDX-License-Identifier: Apache-2.0
"""What Amplify's defineStorage makes of an access definition: the `paths` of amplify_outputs.json and the roles' policies.

    access = Access({"public/*": [guest("read"), authenticated("read", "write", "delete")]})
    access.paths            what the bucket's entry in amplify_outputs.json says
    access.policy(role, b)  the IAM policy document of `role` for the bucket b; None if it has no rights there
    access.roles            which roles have one

Roles are named by their rule keys: `guest`, `authenticated`, `groupsNAME`. Both results come from one pass over the
definition, as in Amplify, so what the file promises and what the store enforces cannot drift apart here. Pure: no I/O.

The rules, which are Amplify's:
- `read` is `get` and `list`; `list` is s3:ListBucket, limited by its prefix, the others are rights on objects.
- {entity_id} is the user's identity in the entity's own rule (a policy variable), and any identity in the other rules.
- A path below another one overrides it: who has an action on the parent and does not name it on the child is denied it
  there. Only an entity's path does not override the path that it is in.
"""

ENTITY = "{entity_id}"
ENTITY_VARIABLE = "${cognito-identity.amazonaws.com:sub}"

ACTIONS = {"get": "s3:GetObject", "list": "s3:ListBucket", "write": "s3:PutObject", "delete": "s3:DeleteObject"}


class Rule:
    """Who (keys of amplify_outputs.json) may do what."""

    def __init__(self, keys, actions, identity="*"):
        self.keys = keys
        self.actions = list(dict.fromkeys(one for action in actions for one in expanded(action)))
        self.identity = identity


def expanded(action):
    return ("get", "list") if action == "read" else (action,)


def guest(*actions):
    return Rule(["guest"], actions)


def authenticated(*actions):
    return Rule(["authenticated"], actions)


def groups(names, *actions):
    return Rule(["groups" + name for name in names], actions)


def entity(*actions):
    return Rule(["entityidentity"], actions, ENTITY_VARIABLE)


class Access:
    """The rules of one bucket."""

    def __init__(self, definition):
        check(list(definition))
        self.paths = {}
        # role → action → (allowed paths, denied paths), in the order of the definition.
        self._granted = {}
        for path, rules in definition.items():
            for rule in rules:
                self._add(path, rule)
        self._deny_children()

    @property
    def roles(self):
        return list(self._granted)

    def _add(self, path, rule):
        prefix = path.replace(ENTITY, rule.identity)
        if prefix.endswith("/*/*"):
            prefix = prefix[:-2]
        entry = self.paths.setdefault(prefix, {})
        for key in rule.keys:
            if key in entry:
                raise ValueError(f"{path}: more than one rule for {key}")
            entry[key] = rule.actions
            # An entity has no role of its own: it is a signed-in user.
            role = "authenticated" if key == "entityidentity" else key
            for action in rule.actions:
                allowed, _ = self._granted.setdefault(role, {}).setdefault(action, ([], []))
                if prefix not in allowed:
                    allowed.append(prefix)

    def _deny_children(self):
        for path in self.paths:
            parent = parent_of(path, self.paths)
            if parent is None or parent == path.replace(ENTITY_VARIABLE + "/", ""):
                continue
            for actions in self._granted.values():
                for allowed, denied in actions.values():
                    if parent in allowed and path not in allowed:
                        denied.append(path)

    def policy(self, role, bucket):
        """The policy document of `role` for the bucket, None without rights."""
        statements = []
        for action, (allowed, denied) in self._granted.get(role, {}).items():
            # What the parent allows needs no saying again.
            for effect, paths in (("Allow", [p for p in allowed if parent_of(p, allowed) is None]), ("Deny", denied)):
                if paths:
                    statements.append(statement(effect, action, paths, bucket))
        return {"Version": "2012-10-17", "Statement": statements} if statements else None


def statement(effect, action, paths, bucket):
    made = {"Effect": effect, "Action": ACTIONS[action]}
    if action == "list":
        made["Resource"] = f"arn:aws:s3:::{bucket}"
        made["Condition"] = {"StringLike": {"s3:prefix": [form for path in paths for form in (path, path[:-1])]}}
    else:
        made["Resource"] = [f"arn:aws:s3:::{bucket}/{path}" for path in paths]
    return made


def parent_of(path, paths):
    """The path among `paths` that contains `path`; there is at most one."""
    return next((other for other in paths if other != path and path.startswith(other.replace("*", ""))), None)


def check(paths):
    """What Amplify refuses is refused here too."""
    for path in paths:
        parents = [other for other in paths if other != path and path.startswith(other[:-1])]
        before, token, after = path.partition(ENTITY)
        if path.startswith("/") or not path.endswith("/*") or "//" in path or "*" in path[:-1]:
            raise ValueError(f"{path}: a path is like 'a/b/*'")
        if len(parents) > 1 or token and parents:
            raise ValueError(f"{path}: is in too many other paths")
        if token and (after != "/*" or not before.endswith("/")):
            raise ValueError(f"{path}: {ENTITY} is the last part of a path, and not the first")
