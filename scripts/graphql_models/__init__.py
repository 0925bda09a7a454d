# SPDX-License-Identifier: Apache-2.0
"""The data models of the test servers, and what AppSync makes of a request. scripts/amplify-sandbox and scripts/graphql-server
share it, so that both have one schema, say the same of a bad request and pass the same checks. graphql-core comes with ministack.

models.py         the models, as an app's amplify/data/resource.ts declares them
schema.py         the GraphQL schema that Amplify generates for them
introspection.py  the `data` section of amplify_outputs.json
scalars.py        AWSDate and AWSDateTime
execution.py      one request: parse, validate, execute; errors in AppSync's form
validation.py     AppSync's words for an invalid document; variables.py: for invalid variables
selftest.py       what both servers have to do
"""
