# SPDX-License-Identifier: Apache-2.0
"""What `defineAuth({loginWith: {email: true}, groups, multifactor: {mode: "OPTIONAL", totp: true}})` creates, and its users."""

import json
import secrets
import string

import totp
from project import GROUPS, USERS

POLICY = {
    "MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": True,
}
LETTERS = string.ascii_letters + string.digits


def new_password():
    # One of each kind that the policy asks for.
    return "".join(secrets.choice(LETTERS) for _ in range(16)) + "-aA1"


class User:
    """A user of the pool; `identity` is None as long as nobody has signed in."""

    def __init__(self, name):
        self.name = name
        self.username = name + "@example.com"
        self.groups = USERS[name]
        self.password = new_password()
        # The pool's own name for the user.
        self.sub = None
        self.identity = None
        self.totp_secret = None


class Auth:
    """The user pool, the identity pool and their roles."""

    def __init__(self, aws, region):
        self.aws = aws
        self.region = region
        self.idp = aws.client("cognito-idp")
        self.identities = aws.client("cognito-identity")
        self.iam = aws.client("iam")
        self.users = {}
        # Rule key (guest, authenticated, groupsNAME) → name of the role.
        self.roles = {}

    def create(self):
        self._create_user_pool()
        self._create_identity_pool()
        self._create_roles()
        for name in USERS:
            self._create_user(User(name))

    @property
    def provider(self):
        return f"cognito-idp.{self.region}.amazonaws.com/{self.pool_id}"

    def _create_user_pool(self):
        pool = self.idp.create_user_pool(
            PoolName="amplify-sandbox", Policies={"PasswordPolicy": POLICY}, UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"], UsernameConfiguration={"CaseSensitive": False},
            Schema=[{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}])
        self.pool_id = pool["UserPool"]["Id"]
        self.idp.set_user_pool_mfa_config(
            UserPoolId=self.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL")
        client = self.idp.create_user_pool_client(
            UserPoolId=self.pool_id, ClientName="app", GenerateSecret=False, PreventUserExistenceErrors="ENABLED",
            # The second is not in a stock backend: the sandbox's users can sign in in both ways.
            ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
        self.client_id = client["UserPoolClient"]["ClientId"]

    def _create_identity_pool(self):
        pool = self.identities.create_identity_pool(
            IdentityPoolName="amplify-sandbox", AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": self.client_id}])
        self.identity_pool_id = pool["IdentityPoolId"]

    def _create_roles(self):
        for key, kind in [("authenticated", "authenticated"), ("guest", "unauthenticated"),
                          *(("groups" + name, "authenticated") for name in GROUPS)]:
            trust = {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": self.identity_pool_id},
                              "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": kind}},
            }]}
            self.roles[key] = "amplify-sandbox-" + key
            self.iam.create_role(RoleName=self.roles[key], AssumeRolePolicyDocument=json.dumps(trust))
        for precedence, name in enumerate(GROUPS):
            self.idp.create_group(
                UserPoolId=self.pool_id, GroupName=name, Precedence=precedence, RoleArn=self._arn("groups" + name))
        self.identities.set_identity_pool_roles(
            IdentityPoolId=self.identity_pool_id,
            Roles={"authenticated": self._arn("authenticated"), "unauthenticated": self._arn("guest")},
            RoleMappings={f"{self.provider}:{self.client_id}": {
                "Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}})

    def _arn(self, key):
        return self.iam.get_role(RoleName=self.roles[key])["Role"]["Arn"]

    def grant(self, key, policy_name, document):
        """Gives the role of a rule key an inline policy."""
        self.iam.put_role_policy(
            RoleName=self.roles[key], PolicyName=policy_name, PolicyDocument=json.dumps(document))

    def _create_user(self, user):
        self.users[user.name] = user
        created = self.idp.admin_create_user(
            UserPoolId=self.pool_id, Username=user.username, TemporaryPassword=user.password, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": user.username}, {"Name": "email_verified", "Value": "true"}])
        user.sub = created["User"]["Username"]
        for group in user.groups:
            self.idp.admin_add_user_to_group(UserPoolId=self.pool_id, Username=user.username, GroupName=group)
        if user.name == "nora":
            return
        self.idp.admin_set_user_password(
            UserPoolId=self.pool_id, Username=user.username, Password=user.password, Permanent=True)
        tokens = self.sign_in(user)
        user.identity = self.identity_of(tokens)
        if user.name == "tina":
            user.totp_secret = self._enrol(user, tokens["AccessToken"])

    def _enrol(self, user, access_token):
        secret = self.idp.associate_software_token(AccessToken=access_token)["SecretCode"]
        self.idp.verify_software_token(AccessToken=access_token, UserCode=totp.code(secret))
        self.idp.set_user_mfa_preference(
            AccessToken=access_token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
        return secret

    def sign_in(self, user):
        """The tokens of a user, with USER_PASSWORD_AUTH and a code if one is asked for."""
        reply = self.idp.initiate_auth(
            ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user.username, "PASSWORD": user.password})
        if reply.get("ChallengeName") == "SOFTWARE_TOKEN_MFA":
            reply = self.idp.respond_to_auth_challenge(
                ClientId=self.client_id, ChallengeName="SOFTWARE_TOKEN_MFA", Session=reply["Session"],
                ChallengeResponses={"USERNAME": user.username, "SOFTWARE_TOKEN_MFA_CODE": totp.code(user.totp_secret)})
        return reply["AuthenticationResult"]

    def _logins(self, tokens):
        return {self.provider: tokens["IdToken"]} if tokens else {}

    def identity_of(self, tokens=None):
        """The identity of a signed-in user, or a new guest's."""
        return self.identities.get_id(IdentityPoolId=self.identity_pool_id, Logins=self._logins(tokens))["IdentityId"]

    def credentials(self, user=None):
        """(access key, secret, token) of a user's identity, or of a new guest."""
        tokens = self.sign_in(user) if user else None
        made = self.identities.get_credentials_for_identity(
            IdentityId=self.identity_of(tokens), Logins=self._logins(tokens))["Credentials"]
        return made["AccessKeyId"], made["SecretKey"], made["SessionToken"]
