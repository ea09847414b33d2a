"""FusionAuth's Python client against tenants, entity types, entities, grants and the token services."""

from uuid import uuid4

from fusionauth.fusionauth_client import FusionAuthClient

from checks import Checks, equal, given

BASE_URL = given("BASE_URL")
TENANT_ID = given("TENANT_ID")

checks = Checks()
everywhere = FusionAuthClient(given("API_KEY"), BASE_URL)
client = FusionAuthClient(given("API_KEY"), BASE_URL)
client.set_tenant_id(TENANT_ID)

tenant_id, type_id, read_id, write_id, api_id, job_id = (str(uuid4()) for _ in range(6))
secret = None


def succeed(answer):
    if not answer.was_successful():
        raise AssertionError(f"{answer.status} {answer.error_response}")
    return answer.success_response


def refuse(answer, status, code=None):
    equal(answer.status, status)
    if code is not None:
        faults = answer.error_response["fieldErrors"].values()
        codes = [fault["code"] for field in faults for fault in field]
        equal(code in codes, True)


def makes_a_tenant():
    succeed(everywhere.create_tenant({"tenant": {"name": "Acme", "data": {"plan": "gold"}}}, tenant_id))
    tenant = succeed(everywhere.retrieve_tenant(tenant_id))["tenant"]
    equal((tenant["name"], tenant["data"]), ("Acme", {"plan": "gold"}))


def finds_tenants():
    found = succeed(everywhere.search_tenants({"search": {"name": "acme"}}))
    equal((found["total"], found["tenants"][0]["id"]), (1, tenant_id))


def patches_a_tenant():
    tenant = succeed(everywhere.patch_tenant(tenant_id, {"tenant": {"name": "Acme Ltd"}}))["tenant"]
    equal((tenant["name"], tenant["data"]), ("Acme Ltd", {"plan": "gold"}))


def refuses_a_second_name():
    answer = everywhere.create_tenant({"tenant": {"name": "Acme Ltd"}})
    refuse(answer, 400, "[duplicate]tenant.name")


def deletes_a_tenant():
    succeed(everywhere.delete_tenant(tenant_id))
    refuse(everywhere.retrieve_tenant(tenant_id), 404)


def reads_the_password_rules():
    rules = succeed(everywhere.retrieve_password_validation_rules_with_tenant_id(TENANT_ID))
    equal(rules["passwordValidationRules"]["minLength"] > 0, True)


def makes_a_type():
    succeed(everywhere.create_entity_type({"entityType": {"name": "API"}}, type_id))
    for permission_id, name, is_default in ((write_id, "write", False), (read_id, "read", True)):
        permission = {"permission": {"name": name, "isDefault": is_default}}
        succeed(everywhere.create_entity_type_permission(type_id, permission, permission_id))
    kind = succeed(everywhere.retrieve_entity_type(type_id))["entityType"]
    equal([each["name"] for each in kind["permissions"]], ["read", "write"])


def patches_a_type_and_a_permission():
    change = {"entityType": {"data": {"team": "core"}}}
    kind = succeed(everywhere.patch_entity_type(type_id, change))["entityType"]
    equal((kind["name"], kind["data"]), ("API", {"team": "core"}))
    change = {"permission": {"description": "Reads"}}
    changed = succeed(everywhere.patch_entity_type_permission(type_id, read_id, change))["permission"]
    equal((changed["name"], changed["description"]), ("read", "Reads"))


def finds_types():
    found = succeed(everywhere.search_entity_types({"search": {"name": "API", "numberOfResults": 1}}))
    equal((found["total"], found["entityTypes"][0]["id"]), (1, type_id))


def makes_entities():
    global secret
    succeed(client.create_entity({"entity": {"name": "Orders", "type": {"id": type_id}}}, api_id))
    request = {"entity": {"name": "Nightly job", "type": {"id": type_id}, "data": {"owner": "Zoë"}}}
    made = succeed(client.create_entity(request, job_id))["entity"]
    secret = made["clientSecret"]
    equal(len(secret) >= 43, True)
    equal(succeed(client.retrieve_entity(job_id))["entity"], made)
    equal((made["tenantId"], made["data"]), (TENANT_ID, {"owner": "Zoë"}))


def changes_an_entity():
    patched = succeed(client.patch_entity(job_id, {"entity": {"name": "Hourly job"}}))["entity"]
    equal((patched["name"], patched["clientSecret"]), ("Hourly job", secret))
    request = {"entity": {"name": "Nightly job", "type": {"id": type_id}}}
    put = succeed(client.update_entity(job_id, request))["entity"]
    equal((put["name"], put["clientSecret"]), ("Nightly job", secret))


def finds_entities():
    by_name = succeed(client.search_entities({"search": {"queryString": "orders"}}))
    equal((by_name["total"], by_name["entities"][0]["id"]), (1, api_id))
    by_ids = succeed(client.search_entities_by_ids([job_id, str(uuid4())]))
    equal([each["id"] for each in by_ids["entities"]], [job_id])


def refuses_an_unknown_type():
    answer = client.create_entity({"entity": {"name": "x", "type": {"id": str(uuid4())}}})
    refuse(answer, 400, "[invalid]entity.type.id")


def grant(*permissions):
    body = {"recipientEntityId": job_id, "permissions": list(permissions)}
    return client.upsert_entity_grant(api_id, {"grant": body})


def grants_the_default():
    succeed(grant())
    found = succeed(client.retrieve_entity_grant(api_id, recipient_entity_id=job_id))["grant"]
    equal(found["permissions"], ["read"])


def replaces_and_finds_grants():
    succeed(grant("read", "write"))
    found = succeed(client.search_entity_grants({"search": {"entityId": job_id}}))
    only = found["grants"][0]
    equal((found["total"], only["entity"]["id"]), (1, api_id))
    equal((only["permissions"], "clientSecret" in only["entity"]), (["read", "write"], False))


def finds_grants_by_parameters():
    found = succeed(client.search_entity_grants_by_parameters(entity_id=job_id, number_of_results=2))
    equal((found["total"], len(found["grants"])), (1, 1))


def finds_a_page_of_one():
    found = succeed(client.search_entity_grants_by_parameters(entity_id=job_id, number_of_results=1))
    equal((found["total"], len(found["grants"])), (1, 1))


def refuses_an_unknown_permission():
    refuse(grant("fly"), 400)


def gets_a_token():
    # region token
    scope = f"target-entity:{api_id}:read"
    token = client.client_credentials_grant(job_id, secret, scope).success_response["access_token"]
    claims = client.introspect_client_credentials_access_token(token).success_response
    # endregion
    equal((claims["active"], claims["sub"], claims["aud"]), (True, job_id, api_id))
    equal(claims["permissions"], {api_id: ["read"]})
    equal(succeed(client.validate_jwt(token))["jwt"]["sub"], job_id)


def refuses_a_wrong_secret():
    answer = client.client_credentials_grant(job_id, "wrong", "")
    refuse(answer, 401)
    # This client gives the whole answer for any error but 400.
    equal(answer.error_response.json()["error"], "invalid_client")


def ends_the_token_with_the_grant():
    answer = client.client_credentials_grant(job_id, secret, f"target-entity:{api_id}")
    token = succeed(answer)["access_token"]
    succeed(client.delete_entity_grant(api_id, recipient_entity_id=job_id))
    claims = succeed(client.introspect_client_credentials_access_token(token))
    equal(claims, {"active": False})
    refuse(client.retrieve_entity_grant(api_id, recipient_entity_id=job_id), 404)


def reads_the_published_documents():
    equal(len(succeed(client.retrieve_json_web_key_set())["keys"]) > 0, True)
    document = succeed(client.retrieve_open_id_configuration())
    equal(document["token_endpoint"], f"{BASE_URL}/oauth2/token")


def reads_the_status():
    anonymous = FusionAuthClient("", BASE_URL).retrieve_system_status()
    equal((anonymous.status, "version" in anonymous.success_response), (200, False))
    equal("version" in succeed(everywhere.retrieve_system_status_using_api_key()), True)


def refuses_an_unknown_key():
    refuse(FusionAuthClient("wrong", BASE_URL).retrieve_tenants(), 401)


def hides_other_tenants():
    other = str(uuid4())
    succeed(everywhere.create_tenant({"tenant": {"name": "Other"}}, other))
    foreign = FusionAuthClient(given("API_KEY"), BASE_URL)
    foreign.set_tenant_id(other)
    refuse(foreign.retrieve_entity(job_id), 404)
    equal(succeed(foreign.search_entities({"search": {"queryString": "*"}}))["total"], 0)


def deletes_what_was_made():
    refuse(everywhere.delete_entity_type(type_id), 400)
    succeed(client.delete_entity(api_id))
    succeed(client.delete_entity(job_id))
    succeed(everywhere.delete_entity_type_permission(type_id, write_id))
    succeed(everywhere.delete_entity_type(type_id))
    refuse(everywhere.retrieve_entity_type(type_id), 404)


checks.check("a tenant is made and read", makes_a_tenant)
checks.check("a tenant is found by name", finds_tenants)
checks.check("PATCH of a tenant changes one field and keeps the others", patches_a_tenant)
checks.check("a name that is taken is a duplicate", refuses_a_second_name)
checks.check("a deleted tenant is gone", deletes_a_tenant)
checks.check("FIND C3: the password rules need no key", reads_the_password_rules)
checks.check("an entity type is made with its permissions", makes_a_type)
checks.check("a type and a permission are changed by PATCH", patches_a_type_and_a_permission)
checks.check("a type is found by name", finds_types)
checks.check("entities are made, and their secret is read back", makes_entities)
checks.check("PATCH and PUT change an entity and keep its secret", changes_an_entity)
checks.check("entities are found by name and by id", finds_entities)
checks.check("a type that is not there is refused by field", refuses_an_unknown_type)
checks.check("a grant without permissions gets the default ones", grants_the_default)
checks.check("a grant is replaced, and found by who holds it", replaces_and_finds_grants)
checks.check("grants are found by parameters", finds_grants_by_parameters)
checks.check_despite_client(
    "a page of one grant is found",
    "[numberOfResults] must be a whole number.",
    'it writes the number 1 as "true"',
    finds_a_page_of_one,
)
checks.check("a permission that the type lacks cannot be granted", refuses_an_unknown_permission)
checks.check("a token carries what is granted, and introspection agrees", gets_a_token)
checks.check("a wrong secret is refused", refuses_a_wrong_secret)
checks.check("the token ends with the grant", ends_the_token_with_the_grant)
checks.check("the published keys and the discovery document are read", reads_the_published_documents)
checks.check("FIND C5: the status has the version for a key, and without one not", reads_the_status)
checks.check("a key that is not there is refused", refuses_an_unknown_key)
checks.check("another tenant does not see the entities", hides_other_tenants)
checks.check("a type in use stays, and what was made is deleted", deletes_what_was_made)
checks.end()
