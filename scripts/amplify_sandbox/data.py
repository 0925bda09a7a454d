# SPDX-License-Identifier: Apache-2.0
"""What `defineData` creates for the models of graphql_models: an AppSync API, a table and five resolvers for each model.

The API takes its key, tokens of the user pool, and requests signed with credentials of IAM. As in Amplify, the role of signed-in
users gets a policy for the models whose rules have the identity pool; guests and roles of groups get none. The resolvers are in
resolvers/, in AppSync's JavaScript, with what Amplify's own do; the sign-in is not theirs to check, as the schema says it.
"""

import os
import time

from graphql_models.introspection import data_section
from graphql_models.models import AUTHENTICATED_IDENTITY_POOL, MODELS, operations
from graphql_models.schema import sdl

ADDITIONAL_MODES = ["AMAZON_COGNITO_USER_POOLS", "AWS_IAM"]
KEY_DAYS = 30
RESOLVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resolvers")


class Data:
    """The API; `tables` is the tables' names by their models'."""

    def __init__(self, aws, auth):
        self.aws = aws
        self.auth = auth
        self.appsync = aws.client("appsync")
        self.dynamodb = aws.client("dynamodb")
        self.tables = {}

    def create(self):
        made = self.appsync.create_graphql_api(
            name="amplify-sandbox", authenticationType="API_KEY", additionalAuthenticationProviders=[
                {"authenticationType": "AMAZON_COGNITO_USER_POOLS",
                 "userPoolConfig": {"userPoolId": self.auth.pool_id, "awsRegion": self.auth.region}},
                {"authenticationType": "AWS_IAM"},
            ])["graphqlApi"]
        self.api_id, self.arn = made["apiId"], made["arn"]
        self.create_key()
        self.appsync.start_schema_creation(apiId=self.api_id, definition=sdl().encode())
        while self.appsync.get_schema_creation_status(apiId=self.api_id)["status"] == "PROCESSING":
            time.sleep(0.05)
        for model in MODELS:
            self._create_model(model)
        self.auth.grant("authenticated", "data", self._policy())

    def create_key(self):
        self.key = self.appsync.create_api_key(
            apiId=self.api_id, expires=int(time.time()) + KEY_DAYS * 86_400)["apiKey"]["id"]

    def _create_model(self, model):
        table = self.tables[model.name] = f"{model.name}-{self.api_id}-NONE"
        self.dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        self.appsync.create_data_source(
            apiId=self.api_id, name=f"{model.name}Table", type="AMAZON_DYNAMODB",
            dynamodbConfig={"tableName": table, "awsRegion": self.auth.region})
        for root, field, kind in operations(model):
            with open(os.path.join(RESOLVERS, kind + ".js"), encoding="utf-8") as file:
                code = file.read()
            self.appsync.create_resolver(
                apiId=self.api_id, typeName=root, fieldName=field, dataSourceName=f"{model.name}Table", kind="UNIT",
                runtime={"name": "APPSYNC_JS", "runtimeVersion": "1.0.0"}, code=code)

    def _policy(self):
        fields = [
            f"{self.arn}/types/{root}/fields/{field}" for model in MODELS if AUTHENTICATED_IDENTITY_POOL in model.rules
            for root, field, _ in operations(model)]
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": fields}]}

    @property
    def url(self):
        return f"{self.aws.endpoint}/v1/apis/{self.api_id}/graphql"

    def section(self):
        """The `data` section of amplify_outputs.json."""
        return data_section(self.auth.region, self.url, self.key, ADDITIONAL_MODES)

    def description(self):
        """For programs."""
        return {"url": self.url, "apiKey": self.key, "apiID": self.api_id, "tables": self.tables}
