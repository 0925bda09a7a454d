# SPDX-License-Identifier: Apache-2.0
"""The answers to NEW_PASSWORD_REQUIRED and SOFTWARE_TOKEN_MFA are checked as Cognito checks them.

ministack takes any `Session`, so that a code alone signs in, and any new password. Here a session is good for one user and one
success; a wrong code or a weak password may be followed by another try. A restart forgets the sessions.
"""

import json

from ministack.services import cognito
from wrap import wrap

CHECKED = ("NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA")
# Session → (app client, challenge, the pool's name of the user).
issued = {}


def user_name(client_id, name):
    pool, _ = cognito._pool_for_client(client_id)
    user, _ = cognito._resolve_user(pool, name)
    return user and user["Username"]


def remember(data, name, response):
    reply = json.loads(response[2]) if response[0] == 200 else {}
    if reply.get("ChallengeName") in CHECKED:
        client = data["ClientId"]
        issued[reply["Session"]] = (client, reply["ChallengeName"], user_name(client, name))
    return response


@wrap(cognito, "_initiate_auth")
def initiate_auth(original, data):
    return remember(data, (data.get("AuthParameters") or {}).get("USERNAME"), original(data))


@wrap(cognito, "_respond_to_auth_challenge")
def respond_to_auth_challenge(original, data):
    challenge, client = data.get("ChallengeName"), data.get("ClientId")
    responses = data.get("ChallengeResponses") or {}
    name = responses.get("USERNAME")
    if challenge not in CHECKED:
        return remember(data, name, original(data))
    if issued.get(data.get("Session")) != (client, challenge, user_name(client, name)):
        return cognito.error_response_json("NotAuthorizedException", "Invalid session for the user.", 400)
    if challenge == "NEW_PASSWORD_REQUIRED":
        pool, _ = cognito._pool_for_client(client)
        refused = cognito._validate_password(pool, responses.get("NEW_PASSWORD", ""))
        if refused:
            return refused
    response = original(data)
    if response[0] == 200:
        del issued[data["Session"]]
    return remember(data, name, response)
