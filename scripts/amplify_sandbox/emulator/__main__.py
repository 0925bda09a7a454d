# SPDX-License-Identifier: Apache-2.0
"""ministack with what AWS does, and it does not, for an Amplify app. Run as the server's process, with ministack's variables.

identities.py     roles by group, policy variables, lifetimes of sessions
challenges.py     answers to a sign-in's challenges are checked
missing_keys.py   who may not list a bucket does not learn what is missing in it
resolvers.py      DynamoDB conditions, filters and pages of AppSync's resolvers; errors in AppSync's words
graphql_access.py who may send a GraphQL request

Functions of ministack (1.5.33) are replaced by ones around them, because none of this can be set. A newer one in which they
have gone ends with an error; `scripts/amplify-sandbox --selftest` shows whether each still has its effect.
"""

import os
import sys

sys.dont_write_bytecode = True
# For graphql_models.
sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import challenges  # noqa: E402, F401
import graphql_access  # noqa: E402, F401
import identities  # noqa: E402, F401
import missing_keys  # noqa: E402, F401
import resolvers  # noqa: E402, F401
from ministack import app  # noqa: E402

if __name__ == "__main__":
    app.main()
