# SPDX-License-Identifier: Apache-2.0
"""amplify_outputs.json, as `ampx` writes it for the backend of the sandbox. It has no secret but the API key, which is in every app."""

from auth import POLICY
from project import BUCKETS, DEFAULT_BUCKET, GROUPS


def outputs(auth, storage, data):
    return {
        "version": "1.4",
        "auth": {
            "user_pool_id": auth.pool_id,
            "aws_region": auth.region,
            "user_pool_client_id": auth.client_id,
            "identity_pool_id": auth.identity_pool_id,
            "mfa_methods": ["TOTP"],
            "standard_required_attributes": ["email"],
            "username_attributes": ["email"],
            "user_verification_types": ["email"],
            "groups": [{name: {"precedence": precedence}} for precedence, name in enumerate(GROUPS)],
            "mfa_configuration": "OPTIONAL",
            "password_policy": {
                "min_length": POLICY["MinimumLength"],
                "require_lowercase": POLICY["RequireLowercase"],
                "require_numbers": POLICY["RequireNumbers"],
                "require_symbols": POLICY["RequireSymbols"],
                "require_uppercase": POLICY["RequireUppercase"],
            },
            "unauthenticated_identities_enabled": True,
        },
        "storage": {
            "aws_region": auth.region,
            "bucket_name": storage.names[DEFAULT_BUCKET],
            "buckets": [
                {"name": friendly, "bucket_name": storage.names[friendly], "aws_region": auth.region, "paths": access.paths}
                for friendly, access in BUCKETS.items()
            ],
        },
        "data": data.section(),
    }
