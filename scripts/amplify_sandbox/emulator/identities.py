# SPDX-License-Identifier: Apache-2.0
"""Credentials of an identity pool, as AWS gives them.

- The role is the one that the pool's role mapping (type Token) names: the ID token's `cognito:preferred_role`, which is
  the role of the group with the lowest precedence. ministack has neither claim nor mapping: every user gets one role.
- `${cognito-identity.amazonaws.com:sub}` in the role's policies is the identity.
- A session's lifetime can be set, and sessions can be made to expire now. An expired key stays known, so that it is
  refused with ExpiredToken for as long as somebody uses it. Sessions outlive a restart.

State: ministack's own, and the file $AMPLIFY_SANDBOX_CONTROL (control.py), which is read again when it has changed.
"""

import dataclasses
import json
import os
import time

from control import Control
from ministack.core import iam_evaluator
from ministack.services import cognito, s3, sts
from wrap import wrap

VARIABLE = "${cognito-identity.amazonaws.com:sub}"
control = Control(os.environ["AMPLIFY_SANDBOX_CONTROL"])


def group_roles(pool_id, names):
    """The roles of the groups, and that of the group with the lowest precedence unless two differ there."""
    groups = [group for name, group in cognito._user_pools.get(pool_id)["_groups"].items() if name in names]
    groups = [group for group in groups if group["RoleArn"]]
    first = min((group["Precedence"] for group in groups), default=None)
    preferred = {group["RoleArn"] for group in groups if group["Precedence"] == first}
    return [group["RoleArn"] for group in groups], preferred.pop() if len(preferred) == 1 else None


@wrap(cognito, "_signed_jwt")
def signed_jwt(original, claims, pool_id="", use=""):
    if claims.get("token_use") == "id" and claims.get("cognito:groups"):
        roles, preferred = group_roles(pool_id, claims["cognito:groups"])
        claims = {**claims, "cognito:roles": roles, **({"cognito:preferred_role": preferred} if preferred else {})}
    return original(claims, pool_id, use)


@wrap(cognito, "_token_validity")
def token_validity(original, pool_id, client_id, kind):
    lifetime = control.read()["tokenLifetime"]
    return lifetime if lifetime and kind != "refresh" else original(pool_id, client_id, kind)


def mapped_role(pool, logins):
    """The role that the pool's mapping names for these logins; None is the pool's authenticated role."""
    for provider, token in logins.items():
        claims = cognito._token_claims(token)
        mapping = pool.get("_role_mappings", {}).get(f"{provider}:{claims.get('aud')}")
        if mapping and mapping["Type"] == "Token":
            return claims.get("cognito:preferred_role")
    return None


@wrap(cognito, "_get_credentials_for_identity")
def get_credentials_for_identity(original, data):
    status, headers, body = original(data)
    if status != 200:
        return status, headers, body
    reply = json.loads(body)
    session = sts._sessions[reply["Credentials"]["AccessKeyId"]]
    role = mapped_role(cognito._identity_pools.get(session["_identity_pool_id"]) or {}, data.get("Logins") or {})
    if role:
        name = role.rpartition("/")[2]
        session["Arn"] = f"arn:aws:sts::{session['AccountId']}:assumed-role/{name}/CognitoIdentityCredentials"
    session["Expiration"] = reply["Credentials"]["Expiration"] = int(time.time() + control.read()["credentialLifetime"])
    return status, headers, json.dumps(reply).encode()


@wrap(iam_evaluator, "resolve_credential")
def resolve_credential(original, access_key, *arguments, **named):
    session = sts._sessions.get(access_key)
    before = control.read()["expiredBefore"]
    if session and session.get("_identity_id") and session["IssuedAt"] < before:
        session["Expiration"] = min(session["Expiration"], before)
    return original(access_key, *arguments, **named)


# These have imported it by name.
for module in (s3, sts):
    module.resolve_credential = iam_evaluator.resolve_credential


@wrap(iam_evaluator, "resolve_principal")
def resolve_principal(original, access_key, *arguments, **named):
    principal = original(access_key, *arguments, **named)
    identity = (sts._sessions.get(access_key) or {}).get("_identity_id")
    if not identity or not getattr(principal, "policies", None):
        return principal

    def substituted(value):
        return json.loads(json.dumps(value).replace(VARIABLE, identity))

    policies = [[dataclasses.replace(statement, resources=substituted(statement.resources),
                                     conditions=substituted(statement.conditions)) for statement in policy]
                for policy in principal.policies]
    return dataclasses.replace(principal, policies=policies)


# Expired sessions stay, to be known as such.
sts._evict_expired_sessions = lambda: None
sts.get_state = lambda: {"sessions": dict(sts._sessions)}
sts.load_persisted_state = lambda data: sts._sessions.update((data or {}).get("sessions", {}))
