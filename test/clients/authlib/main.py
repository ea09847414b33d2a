"""Authlib gets tokens, and verifies them with joserfc as a service does that trusts this issuer."""

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidClaimError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from checks import Checks, equal, given, refused

BASE_URL = given("BASE_URL")
SCIM_BASE_URL = given("SCIM_BASE_URL")
SERVER_ID = given("SERVER_ENTITY_ID")
CLIENT_ID = given("CLIENT_ID")
TOKEN_URL = f"{BASE_URL}/oauth2/token"
USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"

checks = Checks()


def session(secret, method="client_secret_basic"):
    return OAuth2Session(CLIENT_ID, secret, token_endpoint_auth_method=method)


def target(*permissions):
    scope = f"target-entity:{SERVER_ID}"
    return f"{scope}:{','.join(permissions)}" if permissions else scope


def fetch(secret, scope, method="client_secret_basic"):
    return session(secret, method).fetch_token(
        TOKEN_URL, grant_type="client_credentials", scope=scope
    )


def gets_tokens_in(method):
    token = fetch(given("CLIENT_SECRET"), target("scim:user:read"), method)
    equal(token["token_type"], "Bearer")
    equal(token["scope"], target("scim:user:read"))
    equal(token.is_expired(), False)


def refuses_a_wrong_secret():
    error = refused(OAuthError, lambda: fetch("wrong", target()))
    equal(error.error, "invalid_client")


def refuses_what_is_not_granted():
    error = refused(
        OAuthError, lambda: fetch(given("CLIENT_SECRET"), target("scim:user:fly"))
    )
    equal(error.error, "invalid_scope")


def document():
    return requests.get(f"{BASE_URL}/.well-known/openid-configuration", timeout=10).json()


def is_a_valid_openid_document():
    OpenIDProviderMetadata(document()).validate()


def is_a_valid_server_document():
    answer = requests.get(f"{BASE_URL}/.well-known/oauth-authorization-server", timeout=10)
    metadata = AuthorizationServerMetadata(answer.json())
    metadata.validate()
    equal(metadata.token_endpoint, TOKEN_URL)
    equal("client_credentials" in metadata.grant_types_supported, True)


def verify(token, issuer, audience):
    # region verify
    document = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    keys = KeySet.import_key_set(requests.get(document["jwks_uri"], timeout=10).json())
    # The header has "gty" and "use", which joserfc does not know.
    registry = JWSRegistry(algorithms=["ES256", "RS256"], strict_check_header=False)
    verified = jwt.decode(token, keys, registry=registry)
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
    ).validate(verified.claims)
    permissions = verified.claims["permissions"][audience]
    # endregion
    return verified.claims, permissions


def verifies_a_token():
    claims, permissions = verify(given("READER_TOKEN"), BASE_URL, SERVER_ID)
    equal(claims["sub"], given("READER_CLIENT_ID"))
    equal(permissions, ["scim:user:read"])


def refuses_another_audience():
    refused(InvalidClaimError, lambda: verify(given("READER_TOKEN"), BASE_URL, CLIENT_ID))


def refuses_a_changed_token():
    head, body, signature = given("READER_TOKEN").split(".")
    changed = ".".join([head, body, "A" * len(signature)])
    refused(BadSignatureError, lambda: verify(changed, BASE_URL, SERVER_ID))


def introspects_and_sees_the_end():
    reader = OAuth2Session(given("READER_CLIENT_ID"), given("READER_CLIENT_SECRET"))
    token = given("READER_TOKEN")
    answer = reader.introspect_token(f"{BASE_URL}/oauth2/introspect", token=token)
    equal((answer.json()["active"], answer.json()["aud"]), (True, SERVER_ID))
    changed = reader.introspect_token(f"{BASE_URL}/oauth2/introspect", token=token + "x")
    equal(changed.json(), {"active": False})


def provisions_a_person():
    # region client
    scim = OAuth2Session(
        given("CLIENT_ID"),
        given("CLIENT_SECRET"),
        scope=f"target-entity:{given('SERVER_ENTITY_ID')}",
        token_endpoint=f"{BASE_URL}/oauth2/token",
        grant_type="client_credentials",
    )
    scim.fetch_token()
    person = {"schemas": [USER_SCHEMA], "userName": "ann@corp.test"}
    headers = {"Content-Type": "application/scim+json"}
    created = scim.post(f"{SCIM_BASE_URL}/Users", json=person, headers=headers)
    # endregion
    equal(created.status_code, 201)
    found = scim.get(
        f"{SCIM_BASE_URL}/Users", params={"filter": 'userName eq "ANN@corp.test"'}
    ).json()
    equal((found["totalResults"], found["Resources"][0]["id"]), (1, created.json()["id"]))


def is_forbidden_without_the_permission():
    scim = session(given("CLIENT_SECRET"))
    scim.fetch_token(
        TOKEN_URL, grant_type="client_credentials", scope=target("scim:user:read")
    )
    person = {"schemas": [USER_SCHEMA], "userName": "eve@corp.test"}
    equal(scim.post(f"{SCIM_BASE_URL}/Users", json=person).status_code, 403)


checks.check("a token for credentials in the header", lambda: gets_tokens_in("client_secret_basic"))
checks.check("a token for credentials in the form", lambda: gets_tokens_in("client_secret_post"))
checks.check("a wrong secret is refused", refuses_a_wrong_secret)
checks.check("a permission that is not granted is refused", refuses_what_is_not_granted)
checks.check_despite_client(
    "FIND C8: Authlib takes the OpenID document for valid",
    '"RS256" MUST be included in "id_token_signing_alg_values_supported"',
    "it asks for the algorithm that issuers of ID tokens must offer; this server issues none, and names its keys' own",
    is_a_valid_openid_document,
)
checks.check("FIND C8: Authlib takes the OAuth document for valid", is_a_valid_server_document)
checks.check("a token is verified by the published keys", verifies_a_token)
checks.check("a token for another audience is refused", refuses_another_audience)
checks.check("a token that was changed is refused", refuses_a_changed_token)
checks.check("introspection tells a good token from a changed one", introspects_and_sees_the_end)
checks.check("the session provisions a person", provisions_a_person)
checks.check("a token without the permission is 403", is_forbidden_without_the_permission)
checks.end()
