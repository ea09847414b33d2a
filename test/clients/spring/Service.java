import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** A service that lets in who has a token for it, and that calls the SCIM server with tokens of its own. */
@Configuration
@EnableAutoConfiguration
@Import(Service.Orders.class)
class Service {
    @RestController
    static class Orders {
        @GetMapping("/orders")
        String list() {
            return "orders";
        }

        @PostMapping("/orders")
        String create() {
            return "made";
        }
    }

    // #region client
    @Bean
    RestClient scim(
        ClientRegistrationRepository registrations,
        OAuth2AuthorizedClientService authorized,
        @Value("${SCIM_BASE_URL}") String baseUrl) {
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, authorized);
        var bearer = new OAuth2ClientHttpRequestInterceptor(manager);
        bearer.setClientRegistrationIdResolver(request -> "rollcall");
        return RestClient.builder().baseUrl(baseUrl).requestInterceptor(bearer).build();
    }
    // #endregion

    // #region resource-server
    @Bean
    SecurityFilterChain api(HttpSecurity http, @Value("${SERVER_ENTITY_ID}") String audience) throws Exception {
        var permissions = new JwtAuthenticationConverter();
        permissions.setJwtGrantedAuthoritiesConverter(token -> {
            Map<String, List<String>> byTarget = token.getClaim("permissions");
            return byTarget.getOrDefault(audience, List.of()).stream()
                .<GrantedAuthority>map(SimpleGrantedAuthority::new).toList();
        });
        return http
            .authorizeHttpRequests(requests -> requests
                .requestMatchers(HttpMethod.GET, "/orders").hasAuthority("scim:user:read")
                .requestMatchers(HttpMethod.POST, "/orders").hasAuthority("scim:user:create")
                .anyRequest().denyAll())
            .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.jwtAuthenticationConverter(permissions)))
            .build();
    }
    // #endregion
}
