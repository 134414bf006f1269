package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a management key may be told is the same for the shell, whose acts these are, and for the admin API. */
final class ManagementKeysTest {
    @AutoClose
    private static AdminServer admin;

    @BeforeAll
    static void start(@TempDir Path data) {
        admin = new AdminServer(data);
        admin.account("acme");
    }

    @Test
    void theAdminApiLimitsOneToRoutes() {
        TestServer.Answered made = admin.post(
                "management-keys",
                "{\"name\":\"reader\",\"routes\":[\"/admin/v1/accounts/{name}\"],\"ip_ranges\":[\"127.0.0.0/8\"]}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.json().at("/routes/0").textValue()).isEqualTo("/admin/v1/accounts/{name}");
        String key = "Bearer " + made.json().path("key").textValue();
        assertThat(admin.raw("GET", "/admin/v1/accounts/acme", "Authorization", key)
                        .status())
                .isEqualTo(200);
        TestServer.Answered refused = admin.raw("GET", "/admin/v1/accounts", "Authorization", key);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error().path("code").textValue()).isEqualTo("route_not_allowed");
    }

    static Stream<Arguments> ofInference() {
        return Stream.of(
                Arguments.of(
                        "models", "[\"m\"]", new KeyScope(List.of("m"), null, null, null), Limits.NONE, null, null),
                Arguments.of(
                        "origins",
                        "[\"https://a.example\"]",
                        new KeyScope(null, null, List.of("https://a.example"), null),
                        Limits.NONE,
                        null,
                        null),
                Arguments.of(
                        "limits",
                        "{\"requests_per_minute\":5}",
                        KeyScope.ALL,
                        new Limits(5L, null, null, null, null),
                        null,
                        null),
                Arguments.of("budget", "5", KeyScope.ALL, Limits.NONE, 5_000_000L, null),
                Arguments.of("assistant", "\"bot\"", KeyScope.ALL, Limits.NONE, null, "bot"));
    }

    @ParameterizedTest
    @MethodSource("ofInference")
    void neitherTakesWhatIsForInference(
            String field, String json, KeyScope scope, Limits limits, Long budgetMicros, String assistant) {
        KeySettings settings = new KeySettings("k", scope, limits, budgetMicros, assistant, null, Map.of());
        assertThatThrownBy(() -> admin.acts.keys().createManagement("shell", settings, null))
                .isInstanceOf(ActException.class)
                .hasMessageStartingWith("a management key has no " + field);
        TestServer.Answered refused = admin.post("management-keys", "{\"name\":\"k\",\"" + field + "\":" + json + "}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().path("param").textValue()).isEqualTo(field);
    }

    @Test
    void oneCanBeRotated() {
        Instant expiry = Instant.parse("2099-01-01T00:00:00Z");
        KeyScope scope = new KeyScope(null, List.of("/metrics"), null, List.of("10.0.0.0/8"));
        KeySettings settings = new KeySettings("k", scope, Limits.NONE, null, null, expiry, Map.of());
        String id = admin.acts.keys().createManagement("shell", settings, null).id();
        assertThat(admin.acts.keys().rotate("shell", id, Duration.ZERO).routes())
                .containsExactly("/metrics");
    }
}
