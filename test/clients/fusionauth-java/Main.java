import com.inversoft.error.Errors;
import com.inversoft.rest.ClientResponse;
import io.fusionauth.client.FusionAuthClient;
import io.fusionauth.domain.Entity;
import io.fusionauth.domain.EntityGrant;
import io.fusionauth.domain.EntityType;
import io.fusionauth.domain.EntityTypePermission;
import io.fusionauth.domain.Tenant;
import io.fusionauth.domain.api.EntityGrantRequest;
import io.fusionauth.domain.api.EntityGrantSearchRequest;
import io.fusionauth.domain.api.EntityRequest;
import io.fusionauth.domain.api.EntitySearchRequest;
import io.fusionauth.domain.api.EntityTypeRequest;
import io.fusionauth.domain.api.EntityTypeSearchRequest;
import io.fusionauth.domain.api.TenantRequest;
import io.fusionauth.domain.api.TenantSearchRequest;
import io.fusionauth.domain.oauth2.AccessToken;
import io.fusionauth.domain.oauth2.IntrospectResponse;
import io.fusionauth.domain.oauth2.OAuthError;
import io.fusionauth.domain.search.EntityGrantSearchCriteria;
import io.fusionauth.domain.search.EntitySearchCriteria;
import io.fusionauth.domain.search.EntityTypeSearchCriteria;
import io.fusionauth.domain.search.TenantSearchCriteria;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** FusionAuth's Java client against tenants, entity types, entities, grants and the token services. */
final class Main {
    private static final Checks checks = new Checks();
    private static final String BASE_URL = Checks.given("BASE_URL");
    private static final UUID TENANT_ID = UUID.fromString(Checks.given("TENANT_ID"));

    private static final UUID typeId = UUID.randomUUID();
    private static final UUID readId = UUID.randomUUID();
    private static final UUID writeId = UUID.randomUUID();
    private static final UUID apiId = UUID.randomUUID();
    private static final UUID jobId = UUID.randomUUID();

    private static FusionAuthClient global;
    private static FusionAuthClient client;
    private static String secret;

    private Main() {}

    public static void main(String[] args) {
        global = new FusionAuthClient(Checks.given("API_KEY"), BASE_URL);
        client = new FusionAuthClient(Checks.given("API_KEY"), BASE_URL).setTenantId(TENANT_ID);
        checkTenants();
        checkTypes();
        checkEntities();
        checkGrants();
        checkTokens();
        checkSystem();
        checks.end();
    }

    private static void checkTenants() {
        UUID id = UUID.randomUUID();
        checks.check("a tenant is made, read and found by name", () -> {
            Tenant tenant = new Tenant();
            tenant.name = "Acme";
            tenant.data.put("plan", "gold");
            succeed(global.createTenant(id, new TenantRequest(tenant)));
            Tenant read = succeed(global.retrieveTenant(id)).tenant;
            Checks.equal(read.name, "Acme");
            Checks.equal(read.data, Map.of("plan", "gold"));
            TenantSearchCriteria criteria = new TenantSearchCriteria();
            criteria.name = "acme";
            var found = succeed(global.searchTenants(new TenantSearchRequest(criteria)));
            Checks.equal(found.total, 1L);
            Checks.equal(found.tenants.get(0).id, id);
        });
        checks.check("FIND C12: PATCH, which this client sends as POST, changes one field", () -> {
            Tenant patched = succeed(global.patchTenant(id, Map.of("tenant", Map.of("name", "Acme Ltd")))).tenant;
            Checks.equal(patched.name, "Acme Ltd");
            Checks.equal(patched.data, Map.of("plan", "gold"));
        });
        checks.check("FIND C12: PATCH of what is not there makes nothing", () -> {
            UUID unknown = UUID.randomUUID();
            refuse(global.patchTenant(unknown, Map.of("tenant", Map.of("name", "Ghost"))), 404, null);
            refuse(global.retrieveTenant(unknown), 404, null);
        });
        checks.check("a tenant is replaced by PUT", () -> {
            Tenant tenant = new Tenant();
            tenant.name = "Acme Inc";
            Tenant put = succeed(global.updateTenant(id, new TenantRequest(tenant))).tenant;
            Checks.equal(put.name, "Acme Inc");
            Checks.equal(put.data, Map.of());
        });
        checks.check("a name that is taken is a duplicate", () -> {
            Tenant tenant = new Tenant();
            tenant.name = "Acme Inc";
            refuse(
                global.createTenant(UUID.randomUUID(), new TenantRequest(tenant)),
                400,
                "[duplicate]tenant.name");
        });
        checks.check("FIND C3: the password rules need no key", () -> {
            FusionAuthClient anonymous = new FusionAuthClient(null, BASE_URL);
            var answer = anonymous.retrievePasswordValidationRulesWithTenantId(TENANT_ID);
            Checks.equal(answer.status, 200);
            Checks.ok(answer.successResponse.passwordValidationRules.minLength > 0, "a shortest length");
        });
        checks.check("a deleted tenant is gone", () -> {
            succeed(global.deleteTenant(id));
            refuse(global.retrieveTenant(id), 404, null);
        });
    }

    private static void checkTypes() {
        checks.check("FIND C14: an entity type is made of a fresh object", () ->
            Checks.equal(
                succeed(global.createEntityType(UUID.randomUUID(), new EntityTypeRequest(new EntityType("Fresh"))))
                    .entityType.name,
                "Fresh"));
        checks.check("an entity type is made with its permissions", () -> {
            EntityType type = new EntityType("API");
            type.jwtConfiguration = null;
            succeed(global.createEntityType(typeId, new EntityTypeRequest(type)));
            addPermission(writeId, "write", false);
            addPermission(readId, "read", true);
            EntityType read = succeed(global.retrieveEntityType(typeId)).entityType;
            Checks.equal(read.permissions.stream().map(each -> each.name).toList(), List.of("read", "write"));
        });
        checks.check("a permission is changed by PUT and keeps its name", () -> {
            EntityTypePermission permission = new EntityTypePermission("read");
            permission.description = "Reads";
            permission.isDefault = true;
            EntityTypePermission put = succeed(
                global.updateEntityTypePermission(typeId, readId, new EntityTypeRequest(permission))).permission;
            Checks.equal(put.description, "Reads");
        });
        checks.check("a type is found by name", () -> {
            EntityTypeSearchCriteria criteria = new EntityTypeSearchCriteria();
            criteria.name = "API";
            var found = succeed(global.searchEntityTypes(new EntityTypeSearchRequest(criteria)));
            Checks.equal(found.total, 1L);
            Checks.equal(found.entityTypes.get(0).id, typeId);
        });
        checks.check("FIND C12: a type is changed by PATCH, which this client sends as POST", () -> {
            EntityType patched = succeed(
                global.patchEntityType(typeId, Map.of("entityType", Map.of("data", Map.of("team", "core"))))).entityType;
            Checks.equal(patched.name, "API");
            Checks.equal(patched.data, Map.of("team", "core"));
        });
        checks.check("a type without a name is refused by field", () -> {
            EntityType nameless = new EntityType();
            nameless.jwtConfiguration = null;
            refuse(
                global.createEntityType(UUID.randomUUID(), new EntityTypeRequest(nameless)),
                400,
                "[blank]entityType.name");
        });
    }

    private static void addPermission(UUID id, String name, boolean isDefault) {
        EntityTypePermission permission = new EntityTypePermission(name);
        permission.isDefault = isDefault;
        succeed(global.createEntityTypePermission(typeId, id, new EntityTypeRequest(permission)));
    }

    private static void checkEntities() {
        checks.check("entities are made, and their secret is read back", () -> {
            succeed(client.createEntity(apiId, new EntityRequest(entity("Orders"))));
            Entity job = entity("Nightly job");
            job.data.put("owner", "Zoë");
            Entity made = succeed(client.createEntity(jobId, new EntityRequest(job))).entity;
            secret = made.clientSecret;
            Checks.ok(secret.length() >= 43, "a secret of 32 bytes");
            Entity read = succeed(client.retrieveEntity(jobId)).entity;
            Checks.equal(read, made);
            Checks.equal(read.tenantId, TENANT_ID);
            Checks.equal(read.data, Map.of("owner", "Zoë"));
        });
        checks.check("PUT changes an entity and keeps its secret", () -> {
            Entity put = succeed(client.updateEntity(jobId, new EntityRequest(entity("Hourly job")))).entity;
            Checks.equal(put.name, "Hourly job");
            Checks.equal(put.clientSecret, secret);
        });
        checks.check("FIND C13: entities are found by name, though this client sends an empty list of ids", () -> {
            EntitySearchCriteria criteria = new EntitySearchCriteria();
            criteria.queryString = "orders";
            var found = succeed(client.searchEntities(new EntitySearchRequest(criteria)));
            Checks.equal(found.total, 1L);
            Checks.equal(found.entities.get(0).id, apiId);
        });
        checks.check("entities are found by id", () -> {
            var found = succeed(client.searchEntitiesByIds(List.of(jobId, UUID.randomUUID())));
            Checks.equal(found.entities.stream().map(each -> each.id).toList(), List.of(jobId));
        });
        checks.check("a type that is not there is refused by field", () -> {
            Entity stray = new Entity("x");
            stray.type = new EntityType(UUID.randomUUID(), null);
            refuse(client.createEntity(UUID.randomUUID(), new EntityRequest(stray)), 400, "[invalid]entity.type.id");
        });
        checks.check("a type in use stays", () -> refuse(global.deleteEntityType(typeId), 400, null));
    }

    private static Entity entity(String name) {
        Entity entity = new Entity(name);
        entity.type = new EntityType(typeId, null);
        return entity;
    }

    private static void checkGrants() {
        checks.check("a grant without permissions gets the default ones", () -> {
            succeed(client.upsertEntityGrant(apiId, grant(Set.of())));
            Checks.equal(readGrant().permissions, Set.of("read"));
        });
        checks.check("a grant is replaced, and found by who holds it", () -> {
            succeed(client.upsertEntityGrant(apiId, grant(Set.of("read", "write"))));
            EntityGrantSearchCriteria criteria = new EntityGrantSearchCriteria();
            criteria.entityId = jobId;
            var found = succeed(client.searchEntityGrants(new EntityGrantSearchRequest(criteria)));
            Checks.equal(found.total, 1L);
            Checks.equal(found.grants.get(0).entity.id, apiId);
            Checks.equal(found.grants.get(0).permissions, Set.of("read", "write"));
            Checks.equal(found.grants.get(0).entity.clientSecret, null);
        });
        checks.check("a permission that the type lacks cannot be granted", () ->
            refuse(client.upsertEntityGrant(apiId, grant(Set.of("fly"))), 400, null));
    }

    private static EntityGrantRequest grant(Set<String> permissions) {
        EntityGrant grant = new EntityGrant();
        grant.recipientEntityId = jobId;
        grant.permissions = new TreeSet<>(permissions);
        return new EntityGrantRequest(grant);
    }

    private static EntityGrant readGrant() {
        return succeed(client.retrieveEntityGrant(apiId, jobId, null)).grant;
    }

    private static void checkTokens() {
        checks.check("a token carries what is granted, and introspection agrees", () -> {
            // #region token
            String scope = "target-entity:" + apiId + ":read";
            ClientResponse<AccessToken, OAuthError> answer =
                client.clientCredentialsGrant(jobId.toString(), secret, scope);
            String token = answer.successResponse.token;
            IntrospectResponse claims =
                client.introspectClientCredentialsAccessToken(token).successResponse;
            // #endregion
            Checks.equal(claims.get("active"), true);
            Checks.equal(claims.get("sub"), jobId.toString());
            Checks.equal(claims.get("aud"), apiId.toString());
            Checks.equal(claims.get("permissions"), Map.of(apiId.toString(), List.of("read")));
            Checks.equal(client.validateJWT(token).successResponse.jwt.subject, jobId.toString());
        });
        checks.check("a wrong secret is refused", () -> {
            var answer = client.clientCredentialsGrant(jobId.toString(), "wrong", null);
            Checks.equal(answer.status, 401);
            Checks.equal(answer.errorResponse.error, OAuthError.OAuthErrorType.invalid_client);
        });
        checks.check("a permission beyond the grant is refused", () -> {
            var answer = client.clientCredentialsGrant(jobId.toString(), secret, "target-entity:" + apiId + ":fly");
            Checks.equal(answer.status, 400);
            Checks.equal(answer.errorResponse.error, OAuthError.OAuthErrorType.invalid_scope);
        });
        checks.check("the token ends with the grant", () -> {
            String token = client.clientCredentialsGrant(jobId.toString(), secret, "target-entity:" + apiId)
                .successResponse.token;
            succeed(client.deleteEntityGrant(apiId, jobId, null));
            var claims = client.introspectClientCredentialsAccessToken(token).successResponse;
            Checks.equal(claims.get("active"), false);
            refuse(client.retrieveEntityGrant(apiId, jobId, null), 404, null);
        });
        checks.check("the published keys and the discovery document are read", () -> {
            Checks.ok(!client.retrieveJsonWebKeySet().successResponse.keys.isEmpty(), "at least one key");
            var document = client.retrieveOpenIdConfiguration().successResponse;
            Checks.equal(document.token_endpoint, BASE_URL + "/oauth2/token");
        });
    }

    private static void checkSystem() {
        checks.check("the status is there with and without a key", () -> {
            Checks.equal(new FusionAuthClient(null, BASE_URL).retrieveSystemStatus().status, 200);
            Checks.equal(global.retrieveSystemStatusUsingAPIKey().status, 200);
        });
        checks.check("a key that is not there is refused", () ->
            Checks.equal(new FusionAuthClient("wrong", BASE_URL).retrieveTenants().status, 401));
        checks.check("another tenant does not see the entities", () -> {
            UUID other = UUID.randomUUID();
            Tenant tenant = new Tenant();
            tenant.name = "Other";
            succeed(global.createTenant(other, new TenantRequest(tenant)));
            FusionAuthClient foreign = new FusionAuthClient(Checks.given("API_KEY"), BASE_URL).setTenantId(other);
            refuse(foreign.retrieveEntity(jobId), 404, null);
        });
        checks.check("what was made is deleted", () -> {
            succeed(client.deleteEntity(apiId));
            succeed(client.deleteEntity(jobId));
            succeed(global.deleteEntityTypePermission(typeId, writeId));
            succeed(global.deleteEntityType(typeId));
            refuse(global.retrieveEntityType(typeId), 404, null);
        });
    }

    private static <T> T succeed(ClientResponse<T, Errors> answer) {
        if (!answer.wasSuccessful()) {
            throw new AssertionError(answer.status + " " + answer.errorResponse + " " + answer.exception);
        }
        return answer.successResponse;
    }

    private static void refuse(ClientResponse<?, Errors> answer, int status, String code) {
        Checks.equal(answer.status, status);
        if (code != null) {
            Checks.ok(
                answer.errorResponse.fieldErrors.values().stream()
                    .flatMap(List::stream)
                    .anyMatch(error -> error.code.equals(code)),
                "no " + code + " in " + answer.errorResponse);
        }
    }
}
