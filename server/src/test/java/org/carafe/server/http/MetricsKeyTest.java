package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics tell of every account: with {@code --metrics-key on} they are for administrators, and for keys that are made for them. */
final class MetricsKeyTest {
    @TempDir
    static Path data;

    private static AdminServer admin;

    @BeforeAll
    static void start() {
        HttpSettings locked = Settings.with(HttpSettings.defaults(), "metricsNeedKey", true);
        admin = new AdminServer(data, builder -> builder.settings(locked));
        admin.account("acme");
    }

    @AfterAll
    static void close() {
        admin.close();
    }

    private static TestServer.Answered metrics(String key) {
        return admin.raw("GET", "/metrics", "Authorization", "Bearer " + key);
    }

    private static KeySettings limitedTo(List<String> routes) {
        return new KeySettings("k", new KeyScope(null, routes, null, null), Limits.NONE, null, null, null, Map.of());
    }

    private static String inference(KeySettings settings) {
        return String.valueOf(
                admin.acts.keys().create("test", "acme", settings, null).key());
    }

    private static String management(KeySettings settings) {
        return String.valueOf(
                admin.acts.keys().createManagement("test", settings, null).key());
    }

    @Test
    void aTenantsKeyDoesNotReadWhatOthersUsed() {
        TestServer.Answered refused = metrics(inference(KeySettings.named("tenant")));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("route_not_allowed").doesNotContain("carafe_http_requests_running");
        assertThat(metrics(inference(limitedTo(List.of("/v1/chat")))).status()).isEqualTo(403);
    }

    @Test
    void aKeyThatIsMadeForThemReadsThem() {
        TestServer.Answered answer = metrics(inference(limitedTo(List.of("/metrics"))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("carafe_http_requests_running");
    }

    @Test
    void anAdministratorReadsThem() {
        assertThat(metrics(admin.key).status()).isEqualTo(200);
        assertThat(metrics(management(limitedTo(List.of("/metrics")))).status()).isEqualTo(200);
        TestServer.Answered refused = metrics(management(limitedTo(List.of("/admin/v1/usage"))));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("route_not_allowed");
    }
}
