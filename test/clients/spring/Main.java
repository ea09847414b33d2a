import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** Spring Security as client, as resource server with JWTs, and with introspection. */
final class Main {
    private static final Checks checks = new Checks();
    private static final String BASE_URL = Checks.given("BASE_URL");
    private static final String SERVER_ID = Checks.given("SERVER_ENTITY_ID");
    private static final String CLIENT_ID = Checks.given("CLIENT_ID");
    private static final MediaType SCIM_JSON = MediaType.parseMediaType("application/scim+json");

    private Main() {}

    public static void main(String[] args) {
        checkDiscovery();
        checkTokens();
        try (ConfigurableApplicationContext service = SpringApplication.run(Service.class)) {
            checkScim(service.getBean(RestClient.class));
            checkResourceServer(service.getEnvironment().getProperty("local.server.port"));
        }
        checkIntrospection();
        checks.end();
    }

    private static void checkDiscovery() {
        checks.check("FIND C15: a registration is made from the issuer alone", () -> {
            ClientRegistration found = ClientRegistrations.fromIssuerLocation(BASE_URL)
                .clientId(CLIENT_ID)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .build();
            Checks.equal(found.getProviderDetails().getTokenUri(), BASE_URL + "/oauth2/token");
            Checks.equal(found.getProviderDetails().getIssuerUri(), BASE_URL);
        });
        checks.check("FIND C15: a tenant's own issuer has both documents", () -> {
            UUID tenantId = UUID.randomUUID();
            String issuer = BASE_URL + "/" + tenantId;
            RestClient.create(BASE_URL).post().uri("/api/tenant/{id}", tenantId)
                .header("Authorization", Checks.given("API_KEY"))
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("tenant", Map.of("name", "Issuer", "issuer", issuer)))
                .retrieve().toBodilessEntity();
            for (String path : List.of(
                "/" + tenantId + "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server/" + tenantId)) {
                Map<?, ?> document = RestClient.create(BASE_URL).get().uri(path).retrieve().body(Map.class);
                Checks.equal(document.get("issuer"), issuer);
            }
            ClientRegistration found = ClientRegistrations.fromIssuerLocation(issuer).clientId("any").build();
            Checks.equal(found.getProviderDetails().getIssuerUri(), issuer);
        });
        checks.check("a decoder is made from the issuer, and takes its tokens", () -> {
            Jwt token = JwtDecoders.fromIssuerLocation(BASE_URL).decode(Checks.given("READER_TOKEN"));
            Checks.equal(token.getAudience(), List.of(SERVER_ID));
            Checks.equal(token.getSubject(), Checks.given("READER_CLIENT_ID"));
        });
    }

    private static void checkTokens() {
        for (var method : List.of(
            ClientAuthenticationMethod.CLIENT_SECRET_BASIC, ClientAuthenticationMethod.CLIENT_SECRET_POST)) {
            checks.check("a token by " + method.getValue(), () -> {
                OAuth2AccessToken token = authorize(Checks.given("CLIENT_SECRET"), method, scope(":scim:user:read"));
                Checks.equal(token.getTokenType(), OAuth2AccessToken.TokenType.BEARER);
                Checks.ok(token.getExpiresAt().isAfter(token.getIssuedAt()), "it has an end");
            });
        }
        // Spring reads the error's body for 400 alone, so this 401 (RFC 6749 section 5.2) has no code of its own.
        checks.check("a wrong secret is refused", () -> {
            ClientAuthorizationException error = refused(() ->
                authorize("wrong", ClientAuthenticationMethod.CLIENT_SECRET_BASIC, scope("")));
            Checks.ok(error.getMessage().contains("\"error\":\"invalid_client\""), error.getMessage());
        });
        checks.check("a permission beyond the grant is refused", () -> {
            ClientAuthorizationException error = refused(() ->
                authorize(
                    Checks.given("CLIENT_SECRET"),
                    ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                    scope(":scim:user:fly")));
            Checks.equal(error.getError().getErrorCode(), "invalid_scope");
        });
    }

    private static String scope(String permissions) {
        return "target-entity:" + SERVER_ID + permissions;
    }

    private static OAuth2AccessToken authorize(String secret, ClientAuthenticationMethod method, String scope) {
        ClientRegistration registration = ClientRegistration.withRegistrationId("any")
            .clientId(CLIENT_ID)
            .clientSecret(secret)
            .clientAuthenticationMethod(method)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope(scope == null ? Set.of() : Set.of(scope))
            .tokenUri(BASE_URL + "/oauth2/token")
            .build();
        var registrations = new InMemoryClientRegistrationRepository(registration);
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
            registrations, new InMemoryOAuth2AuthorizedClientService(registrations));
        return manager
            .authorize(OAuth2AuthorizeRequest.withClientRegistrationId("any").principal("job").build())
            .getAccessToken();
    }

    private static ClientAuthorizationException refused(Checks.Body body) throws Exception {
        try {
            body.run();
        } catch (ClientAuthorizationException error) {
            return error;
        }
        throw new AssertionError("it was not refused");
    }

    private static void checkScim(RestClient scim) {
        checks.check("the service's client provisions a person and finds them", () -> {
            // #region call
            var person = Map.of(
                "schemas", List.of("urn:ietf:params:scim:schemas:core:2.0:User"),
                "userName", "ann@corp.test");
            Map<?, ?> created = scim.post().uri("/Users").contentType(SCIM_JSON).body(person)
                .retrieve().body(Map.class);
            // #endregion
            Map<?, ?> found = scim.get()
                .uri("/Users?filter={filter}", "userName eq \"ANN@corp.test\"")
                .retrieve().body(Map.class);
            Checks.equal(found.get("totalResults"), 1);
            Map<?, ?> first = (Map<?, ?>) ((List<?>) found.get("Resources")).get(0);
            Checks.equal(first.get("id"), created.get("id"));
        });
        checks.check("a twin is 409", () -> {
            try {
                scim.post().uri("/Users").contentType(SCIM_JSON)
                    .body(Map.of(
                        "schemas", List.of("urn:ietf:params:scim:schemas:core:2.0:User"),
                        "userName", "ANN@corp.test"))
                    .retrieve().toBodilessEntity();
                throw new AssertionError("it was not refused");
            } catch (HttpClientErrorException error) {
                Checks.equal(error.getStatusCode(), HttpStatusCode.valueOf(409));
            }
        });
    }

    private static void checkResourceServer(String port) {
        URI orders = URI.create("http://127.0.0.1:" + port + "/orders");
        checks.check("the service refuses who has no token", () ->
            Checks.equal(status(orders, "GET", null), 401));
        checks.check("the service lets in who has the permission", () ->
            Checks.equal(status(orders, "GET", Checks.given("READER_TOKEN")), 200));
        checks.check("the service forbids what the token does not permit", () ->
            Checks.equal(status(orders, "POST", Checks.given("READER_TOKEN")), 403));
        checks.check("the service lets in another client with more permissions", () ->
            Checks.equal(status(orders, "POST", Checks.given("SCIM_TOKEN")), 200));
        checks.check("the service refuses a token without its audience", () -> {
            OAuth2AccessToken token = authorize(
                Checks.given("CLIENT_SECRET"), ClientAuthenticationMethod.CLIENT_SECRET_BASIC, null);
            Checks.equal(status(orders, "GET", token.getTokenValue()), 401);
        });
        checks.check("the service refuses a token that was changed", () -> {
            String[] parts = Checks.given("READER_TOKEN").split("\\.");
            String changed = parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length());
            Checks.equal(status(orders, "GET", changed), 401);
        });
    }

    private static int status(URI uri, String method, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static void checkIntrospection() {
        // #region introspection
        var introspector = SpringOpaqueTokenIntrospector
            .withIntrospectionUri(BASE_URL + "/oauth2/introspect")
            .clientId(CLIENT_ID)
            .clientSecret(Checks.given("CLIENT_SECRET"))
            .build();
        // #endregion
        checks.check("introspection knows a token", () -> {
            OAuth2AuthenticatedPrincipal principal = introspector.introspect(Checks.given("READER_TOKEN"));
            Checks.equal(principal.getAttribute("sub"), Checks.given("READER_CLIENT_ID"));
            Checks.equal(principal.getAttribute("aud"), List.of(SERVER_ID));
        });
        checks.check("introspection refuses a token that is none", () -> {
            try {
                introspector.introspect("wrong");
                throw new AssertionError("it was not refused");
            } catch (BadOpaqueTokenException error) {
                Checks.ok(error.getMessage().contains("active"), error.getMessage());
            }
        });
    }
}
