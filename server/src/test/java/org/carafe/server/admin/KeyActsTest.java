package org.carafe.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException.Kind;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyActsTest {
    @TempDir
    private Path data;

    private ActsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new ActsFixture(DatabaseSettings.sqlite(data));
        fixture.account("acme");
        fixture.acts.assistants().create(ACTOR, "support", new AssistantSettings("m", null, null, Map.of()));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private KeySettings all() {
        return new KeySettings(
                "web",
                new KeyScope(
                        List.of("a/b", "c"),
                        List.of("/v1/chat"),
                        List.of("https://Example.com:8443"),
                        List.of("10.0.0.0/8", "::1")),
                new Limits(1L, 2L, 3L, 4L, 5L),
                9_000_000L,
                "support",
                Instant.parse("2027-01-01T00:00:00Z"),
                Map.of("team", "blue"));
    }

    @Test
    void aKeyIsShownOnceAndKnownByItsDigestAlone() throws Exception {
        KeyView made = fixture.key("acme", KeySettings.named("first"));

        assertThat(made.key()).matches("sk-[0-9A-Za-z]{43}").startsWith(made.prefix());
        assertThat(made.prefix()).hasSize(11);
        assertThat(made.id()).matches("key_[0-9a-f]{16}");
        assertThat(fixture.acts.keys().show(made.id()).key()).isNull();
        assertThat(fixture.acts.keys().list("acme", null, 10)).allMatch(key -> key.key() == null);
        byte[] digest =
                fixture.masterKey.digest("api-key", String.valueOf(made.key()).getBytes(UTF_8));
        assertThat(fixture.database.<byte[]>read(handle -> handle.select("select digest from api_key")
                        .mapTo(byte[].class)
                        .one()))
                .isEqualTo(digest);
        assertThat(made.toString()).doesNotContain(String.valueOf(made.key()));
        assertNowhereOnDisk(String.valueOf(made.key()));
    }

    private void assertNowhereOnDisk(String key) throws Exception {
        try (var files = Files.list(data)) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(key);
            }
        }
    }

    @Test
    void everythingThatAKeyIsToldIsKept() {
        KeyView made = fixture.acts.keys().show(fixture.key("acme", all()).id());

        assertThat(made.models()).containsExactly("a/b", "c");
        assertThat(made.routes()).containsExactly("/v1/chat");
        assertThat(made.origins()).containsExactly("https://example.com:8443");
        assertThat(made.ipRanges()).containsExactly("10.0.0.0/8", "::1/128");
        assertThat(made.limits()).isEqualTo(all().limits());
        assertThat(made.budget()).isEqualByComparingTo("9");
        assertThat(made.assistant()).isEqualTo("support");
        assertThat(made.expiresAt()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(made.metadata()).containsExactly(Map.entry("team", "blue"));
        assertThat(made.status()).isEqualTo("active");
    }

    @Test
    void aKeyThatSaysNothingHasTheDefaultLimits() {
        KeyView made = fixture.key("acme", KeySettings.named("plain"));
        assertThat(made.limits()).isEqualTo(Limits.KEY_DEFAULTS);
        assertThat(made.models()).isNull();
    }

    @Test
    void aRotatedKeyWorksForTheGracePeriodAndItsSuccessorHasItsSettings() {
        KeyView old = fixture.key("acme", all());
        KeyView successor = fixture.acts.keys().rotate(ACTOR, old.id(), Duration.ofHours(24));

        assertThat(successor.key()).isNotNull().isNotEqualTo(old.key());
        assertThat(successor)
                .usingRecursiveComparison()
                .ignoringFields("id", "key", "prefix")
                .isEqualTo(old);
        KeyView rotated = fixture.acts.keys().show(old.id());
        assertThat(rotated.replacedBy()).isEqualTo(successor.id());
        assertThat(rotated.expiresAt()).isEqualTo(fixture.now().plus(Duration.ofHours(24)));
        assertThat(rotated.status()).isEqualTo("rotated");
        assertThat(fixture.refused(() -> fixture.acts.keys().rotate(ACTOR, old.id(), Duration.ZERO)))
                .hasMessage("key " + old.id() + " was replaced by " + successor.id() + " already");
        fixture.nowMillis.addAndGet(Duration.ofHours(24).toMillis());
        assertThat(fixture.acts.keys().show(old.id()).status()).isEqualTo("expired");
    }

    @Test
    void aGracePeriodNeverMakesAKeyLiveLonger() {
        Instant soon = fixture.now().plus(Duration.ofHours(1));
        KeySettings expiring = new KeySettings("k", KeyScope.ALL, Limits.NONE, null, null, soon, Map.of());
        KeyView old = fixture.key("acme", expiring);
        fixture.acts.keys().rotate(ACTOR, old.id(), Duration.ofHours(24));

        assertThat(fixture.acts.keys().show(old.id()).expiresAt()).isEqualTo(soon);
        assertThat(fixture.refused(() -> fixture.acts.keys().rotate(ACTOR, old.id(), Duration.ofDays(91))))
                .hasMessageContaining("between 0 and 2160 hours");
    }

    @Test
    void aKeyAndItsSuccessorsShowOneBudgetAndWhatAllOfThemSpent() {
        KeyView old = fixture.key("acme", all());
        fixture.database.write(handle -> handle.execute("update key_meter set spent_micros = 2500000"));
        KeyView second = fixture.acts.keys().rotate(ACTOR, old.id(), Duration.ofHours(1));
        KeyView third = fixture.acts.keys().rotate(ACTOR, second.id(), Duration.ofHours(1));
        fixture.database.write(handle -> handle.execute("update key_meter set spent_micros = spent_micros + 500000"));
        for (String id : List.of(old.id(), second.id(), third.id())) {
            assertThat(fixture.acts.keys().show(id).budget()).isEqualByComparingTo("9");
            assertThat(fixture.acts.keys().show(id).spent()).isEqualByComparingTo("3");
        }
        assertThat(fixture.number("select count(*) from key_meter")).isEqualTo(1);
        // As no request has spent it, the audit would not pass.
        fixture.database.write(handle -> handle.execute("update key_meter set spent_micros = 0"));
    }

    @Test
    void aRevokedKeyStaysSo() {
        KeyView key = fixture.key("acme", KeySettings.named("k"));
        assertThat(fixture.acts.keys().revoke(ACTOR, key.id()).status()).isEqualTo("revoked");
        Instant at = fixture.now();
        fixture.nowMillis.addAndGet(5_000);
        assertThat(fixture.acts.keys().revoke(ACTOR, key.id()).revokedAt()).isEqualTo(at);
        assertThat(fixture.refused(() -> fixture.acts.keys().rotate(ACTOR, key.id(), Duration.ZERO))
                        .kind())
                .isEqualTo(Kind.CONFLICT);
    }

    @Test
    void aRepeatedCreationAnswersTheSameKeyForADay() {
        KeyView first = fixture.acts.keys().create(ACTOR, "acme", all(), "deploy-1");
        assertThat(fixture.acts.keys().create(ACTOR, "acme", all(), "deploy-1")).isEqualTo(first);
        assertThat(fixture.refused(
                                () -> fixture.acts.keys().create(ACTOR, "acme", KeySettings.named("other"), "deploy-1"))
                        .kind())
                .isEqualTo(Kind.CONFLICT);
        fixture.nowMillis.addAndGet(Duration.ofHours(25).toMillis());
        assertThat(fixture.acts.keys().create(ACTOR, "acme", all(), "deploy-1").id())
                .isNotEqualTo(first.id());
    }

    @Test
    void managementKeysAreOfNoAccountAndTheFirstIsMadeOnce() {
        KeyView bootstrap = fixture.acts.keys().bootstrap("start").orElseThrow();
        assertThat(bootstrap.key()).matches("sk-admin-[0-9A-Za-z]{43}");
        assertThat(bootstrap.kind()).isEqualTo("management");
        assertThat(bootstrap.account()).isNull();
        assertThat(fixture.acts.keys().bootstrap("start")).isEmpty();

        KeyView second = fixture.acts.keys().createManagement(ACTOR, KeySettings.named("ops"), null);
        assertThat(fixture.acts.keys().listManagement(null, 10))
                .extracting(KeyView::id)
                .containsExactly(bootstrap.id(), second.id());
        assertThat(fixture.acts.keys().list("acme", null, 10)).isEmpty();
    }

    @Test
    void whatCannotMatchIsNamed() {
        refused(new KeyScope(List.of("a", "a"), null, null, null), "twice");
        refused(new KeyScope(List.of(), null, null, null), "models");
        refused(new KeyScope(List.of(" m"), null, null, null), "' m'");
        refused(new KeyScope(null, List.of("v1/chat"), null, null), "no route 'v1/chat'");
        refused(new KeyScope(null, List.of("/v1/chat", "/v1/chats"), null, null), "'/v1/chats'");
        refused(new KeyScope(null, List.of("/v1/chats"), null, null), "/v1/chat/completions, /v1/completions,");
        refused(new KeyScope(null, List.of("/v1/channels/chat"), null, null), "'/v1/channels/chat'");
        refused(new KeyScope(null, List.of("/admin/v1/accounts"), null, null), "'/admin/v1/accounts'");
        refused(new KeyScope(null, null, List.of("https://example.com/x"), null), "without a path");
        refused(new KeyScope(null, null, List.of("example.com"), null), "an origin");
        refused(new KeyScope(null, null, null, List.of("10.0.0.0/33")), "'10.0.0.0/33'");
        refused(new KeyScope(null, null, null, List.of("localhost")), "an IP range");
        KeySettings expired = new KeySettings("k", KeyScope.ALL, Limits.NONE, null, null, fixture.now(), Map.of());
        assertThat(fixture.refused(() -> fixture.key("acme", expired))).hasMessageContaining("in the future");
        KeySettings unknown = new KeySettings("k", KeyScope.ALL, Limits.NONE, null, "nobody", null, Map.of());
        assertThat(fixture.refused(() -> fixture.key("acme", unknown))).hasMessage("there is no assistant 'nobody'");
        assertThat(fixture.refused(() -> fixture.key("nobody", KeySettings.named("k"))))
                .hasMessage("there is no account 'nobody'");
    }

    private void refused(KeyScope scope, String part) {
        KeySettings settings = new KeySettings("k", scope, Limits.NONE, null, null, null, Map.of());
        ActException refusal = fixture.refused(() -> fixture.key("acme", settings));
        assertThat(refusal).hasMessageContaining(part);
        assertThat(refusal.kind()).isEqualTo(Kind.INVALID);
    }

    @Test
    void aManagementKeyIsLimitedToRoutesOfTheAdminApi() {
        List<String> routes = List.of("/admin/v1/accounts/{name}", "/admin/v1/prices/{model}", "/v1/documents");
        assertThat(fixture.acts
                        .keys()
                        .createManagement(ACTOR, limitedTo(routes), null)
                        .routes())
                .isEqualTo(routes);
        assertThat(fixture.refused(
                        () -> fixture.acts.keys().createManagement(ACTOR, limitedTo(List.of("/v1/chat")), null)))
                .hasMessageContaining("'/v1/chat'")
                .hasMessageContaining("/admin/v1/openapi.json");
    }

    private static KeySettings limitedTo(List<String> routes) {
        KeyScope scope = new KeyScope(null, routes, null, null);
        return new KeySettings("k", scope, Limits.NONE, null, null, null, Map.of());
    }

    @Test
    void aListGoesOnAfterItsLastKey() {
        List<String> ids = java.util.stream.IntStream.range(0, 5)
                .mapToObj(i -> fixture.key("acme", KeySettings.named("k" + i)).id())
                .toList();
        assertThat(fixture.acts.keys().list("acme", ids.get(1), 2))
                .extracting(KeyView::id)
                .containsExactly(ids.get(2), ids.get(3));
    }
}
