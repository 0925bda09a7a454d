# SPDX-License-Identifier: Apache-2.0
"""Who may send a GraphQL request, as AppSync has it. ministack lets in everybody who sends any token, and any key ever made.

- An API key is refused from its `expires` on, and as soon as the sandbox is told so (control.py).
- A user's token has to be one of the API's pool, of a known app client, signed here and not expired. Tokens are not signed with
  RSA, which Python cannot do alone: the signature is an HMAC with a key of this sandbox. Like AppSync, this takes a token that
  was revoked, and none with `Bearer`.
- A request that IAM signed is checked by ministack: the signature, and the policies for each field.
- The directives of a field (@aws_api_key, @aws_iam, @aws_cognito_user_pools) say which of these may have it; without one it is
  the API's default.
"""

import base64
import hmac
import time

from identities import control
from ministack.services import appsync, cognito
from resolvers import schemas
from wrap import wrap

API_KEY, TOKEN, IAM = "API_KEY", "AMAZON_COGNITO_USER_POOLS", "AWS_IAM"
DIRECTIVES = {API_KEY: "aws_api_key", TOKEN: "aws_cognito_user_pools", IAM: "aws_iam"}


def signature(text):
    digest = hmac.digest(control.read()["tokenKey"].encode(), text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@wrap(cognito, "_signed_jwt")
def signed_jwt(original, claims, pool_id="", use=""):
    text = original(claims, pool_id, use).rpartition(".")[0]
    return f"{text}.{signature(text)}"


def mode(headers):
    """How a request is authorized. A key counts if there is one."""
    if headers.get("x-api-key"):
        return API_KEY
    return IAM if headers.get("authorization", "").startswith("AWS4-HMAC-SHA256") else TOKEN


def key_problem(api_id, key):
    found = (appsync._api_keys.get(api_id) or {}).get(key)
    if found and time.time() < found["expires"] and key not in control.read()["expiredKeys"]:
        return None
    return "You are not authorized to make this call."


def token_problem(api, token):
    text, _, last = token.rpartition(".")
    claims = cognito._token_claims(token)
    if not claims or text.count(".") != 1 or " " in token or not hmac.compare_digest(last, signature(text)):
        return "Unable to parse JWT token."
    pool_id = (api.get("userPoolConfig") or configured(api))["userPoolId"]
    client = claims.get("client_id") or claims.get("aud")
    if claims.get("iss", "").rpartition("/")[2] != pool_id or claims.get("token_use") not in ("access", "id") \
            or client not in cognito._user_pools[pool_id]["_clients"]:
        return "You are not authorized to make this call."
    return "Token has expired." if time.time() >= claims.get("exp", 0) else None


def configured(api):
    """The settings of the user pools, where those are not the default way to authorize."""
    return next(each["userPoolConfig"] for each in api["additionalAuthenticationProviders"]
                if each["authenticationType"] == TOKEN)


@wrap(appsync, "_execute_graphql")
def execute_graphql(original, api_id, data, request_headers=None, authorize=None):
    api = appsync._apis.get(api_id)
    headers = {name.lower(): value for name, value in (request_headers or {}).items()}
    if api:
        how = mode(headers)
        problem = None
        if how == API_KEY:
            problem = key_problem(api_id, headers["x-api-key"])
        elif how == TOKEN and headers.get("authorization"):
            problem = token_problem(api, headers["authorization"])
        elif how == TOKEN:
            problem = "Valid authorization header not provided."
        if problem:
            return appsync._unauthorized_response(problem)
        # The API's key is no bearer of an IAM identity, whatever else the request has.
        authorize = authorize if how == IAM else None
    return original(api_id, data, request_headers, authorize)


@wrap(appsync, "_resolve_field")
def resolve_field(original, api_id, resolver, *arguments, field_name=None, type_name=None, request_headers=None, **named):
    headers = {name.lower(): value for name, value in (request_headers or {}).items()}
    if not may_have(api_id, type_name, field_name, headers):
        raise appsync._unauthorized_field(type_name, field_name)
    return original(api_id, resolver, *arguments, field_name=field_name, type_name=type_name,
                    request_headers=request_headers, **named)


def may_have(api_id, type_name, field_name, headers):
    how = mode(headers)
    field = schemas[appsync._schemas[api_id]["definition"]].type_map[type_name].fields[field_name]
    directives = {each.name.value: each for each in field.ast_node.directives}
    if not directives:
        return how == appsync._apis[api_id]["authenticationType"]
    directive = directives.get(DIRECTIVES[how])
    if directive is None:
        return False
    groups = [value.value for argument in directive.arguments for value in argument.value.values]
    claims = cognito._token_claims(headers["authorization"]) if groups else {}
    return not groups or bool(set(groups) & set(claims.get("cognito:groups") or []))
