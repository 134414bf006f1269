package org.carafe.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.PlanSettings;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every text that an act takes, on both databases: it is kept as it is or refused as it is, and never understood. */
final class HostileTextTest {
    private static final List<String> SQL = List.of(
            "'); drop table account; --",
            "' or '1'='1",
            "\" or \"\"=\"",
            "a' union select digest from api_key --",
            ":name",
            "?",
            "<b>",
            "$$;drop table fund;$$",
            "%",
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            "a/../b",
            "naïve 漢字 👩‍👩‍👧",
            "\\'; delete from audit; --");

    private static final List<String> UNSEEN = List.of(
            "a\0b",
            "a\nb",
            "a\rb",
            "\u001b[31mred",
            "a\u202Eb",
            "a\u2028b",
            "\uD800",
            "a\u007F",
            "",
            " ",
            " a",
            "a ",
            "x".repeat(201));

    @TempDir
    private Path data;

    /** Acts that make something with a name of its own. */
    private static Map<String, BiConsumer<AdminActs, String>> namers() {
        return Map.ofEntries(
                Map.entry("accounts", (acts, text) -> acts.accounts().create(ACTOR, text, AccountSettings.DEFAULTS)),
                Map.entry("plans", (acts, text) -> acts.plans().create(ACTOR, text, PlanSettings.DEFAULTS)),
                Map.entry("keys", (acts, text) -> acts.keys().create(ACTOR, "acme", KeySettings.named(text), null)),
                Map.entry(
                        "management",
                        (acts, text) -> acts.keys().createManagement(ACTOR, KeySettings.named(text), null)),
                Map.entry("models", (acts, text) -> acts.keys().create(ACTOR, "acme", scoped(text), null)),
                Map.entry("assistants", (acts, text) -> acts.assistants().create(ACTOR, text, assistant("m"))),
                Map.entry(
                        "assistant's model",
                        (acts, text) -> acts.assistants().create(ACTOR, "of " + text.strip(), assistant(text))),
                Map.entry("channels", (acts, text) -> acts.channels().create(ACTOR, channel(text, "m"))),
                Map.entry(
                        "channel's model",
                        (acts, text) -> acts.channels().create(ACTOR, channel("of " + text.strip(), text))),
                Map.entry("prices", (acts, text) -> acts.prices().set(ACTOR, text, 1, 1L, 1)),
                Map.entry("reasons", (acts, text) -> acts.credits().add(ACTOR, "acme", 1, text, null)),
                Map.entry(
                        "metadata",
                        (acts, text) -> acts.accounts().create(ACTOR, "with " + text.strip(), metadata(text))),
                Map.entry("idempotency", (acts, text) -> acts.credits().add(ACTOR, "acme", 1, "r", text)));
    }

    /** Acts that look something up. */
    private static Map<String, BiConsumer<AdminActs, String>> finders() {
        return Map.ofEntries(
                Map.entry("account", (acts, text) -> acts.accounts().show(text)),
                Map.entry("account's keys", (acts, text) -> acts.keys().list(text, null, 10)),
                Map.entry("plan", (acts, text) -> acts.plans().show(text)),
                Map.entry("key", (acts, text) -> acts.keys().show(text)),
                Map.entry("revoked key", (acts, text) -> acts.keys().revoke(ACTOR, text)),
                Map.entry("rotated key", (acts, text) -> acts.keys().rotate(ACTOR, text, Duration.ZERO)),
                Map.entry("keys after", (acts, text) -> acts.keys().list("acme", text, 10)),
                Map.entry("assistant", (acts, text) -> acts.assistants().delete(ACTOR, text)),
                Map.entry("channel", (acts, text) -> acts.channels().show(text)),
                Map.entry("disabled channel", (acts, text) -> acts.channels().disable(ACTOR, text)),
                Map.entry("credits", (acts, text) -> acts.credits().add(ACTOR, text, 1, "r", null)),
                Map.entry("statement", (acts, text) -> acts.credits().statement(text, null, 10)),
                Map.entry("cursor", (acts, text) -> acts.credits().statement("acme", text, 10)),
                Map.entry("transaction", (acts, text) -> acts.credits().reverse(ACTOR, text, "r")),
                Map.entry("audit", (acts, text) -> acts.reports().audit(text, 10)),
                Map.entry("usage", (acts, text) -> acts.reports().usage(UsageBy.DAY, text, null, null)));
    }

    private static KeySettings scoped(String model) {
        return new KeySettings(
                "k", new KeyScope(List.of(model), null, null, null), Limits.NONE, null, null, null, Map.of());
    }

    private static AssistantSettings assistant(String model) {
        return new AssistantSettings(model, null, null, Map.of());
    }

    private static NewChannel channel(String name, String model) {
        return new NewChannel(name, "acme", model, null, null, null, null);
    }

    private static AccountSettings metadata(String text) {
        return new AccountSettings(null, ErrorStyle.OPENAI, null, null, 0, Limits.NONE, null, 0, Map.of("note", text));
    }

    @Test
    void sqlInATextIsAText() {
        try (ActsFixture fixture = new ActsFixture(DatabaseSettings.sqlite(data))) {
            everyText(fixture, SQL, UNSEEN);
        }
    }

    @Test
    void sqlInATextIsATextForPostgresqlToo() {
        try (ActsFixture fixture = new ActsFixture(new DatabaseSettings(data, TestPostgres.freshDatabase()))) {
            everyText(fixture, SQL.subList(0, 3), List.of("a\0b", "\uD800", "a\nb"));
        }
    }

    private static void everyText(ActsFixture fixture, List<String> visible, List<String> unseen) {
        AdminActs acts = fixture.acts;
        fixture.account("acme");
        for (String text : visible) {
            finders()
                    .forEach((what, find) -> assertThat(fixture.refused(() -> find.accept(acts, text)))
                            .as("%s %s", what, text)
                            .isNotNull());
            namers().values().forEach(make -> make.accept(acts, text));
            assertThat(acts.accounts().show(text).name()).isEqualTo(text);
            assertThat(acts.plans().show(text).name()).isEqualTo(text);
            assertThat(acts.assistants().show(text).name()).isEqualTo(text);
            assertThat(acts.assistants().show("of " + text.strip()).model()).isEqualTo(text);
            assertThat(acts.prices().history(text, 10)).hasSize(1);
            assertThat(acts.accounts().show("with " + text.strip()).metadata()).containsEntry("note", text);
        }
        assertThat(acts.keys().list("acme", null, 1_000))
                .extracting(KeyView::name)
                .containsAll(visible);
        assertThat(acts.channels().list("acme", null, 1_000))
                .extracting(ChannelView::name)
                .containsAll(visible);
        assertThat(acts.credits().statement("acme", null, 1_000).entries())
                .extracting(StatementView.Entry::reason)
                .containsAll(visible);
        for (String text : unseen) {
            namers().forEach((what, make) -> {
                if (!text.equals("x".repeat(201))
                        || (!what.equals("reasons") && !what.equals("metadata") && !what.equals("idempotency"))) {
                    assertThat(fixture.refused(() -> make.accept(acts, text)).kind())
                            .as(what)
                            .isEqualTo(ActException.Kind.INVALID);
                }
            });
            finders()
                    .forEach((what, find) -> assertThat(fixture.refused(() -> find.accept(acts, text))
                                    .getMessage())
                            .as(what)
                            .doesNotContain("\0", "\u001b", "\u202E"));
        }
    }
}
