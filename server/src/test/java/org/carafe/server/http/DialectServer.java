package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ChannelView;
import org.carafe.server.admin.NewChannel;
import org.carafe.server.catalogue.Capability;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.ledger.Price;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.jspecify.annotations.Nullable;

/** A server on a real ledger with an account that has credits; its model answers with a few tokens, on a clock that a test moves. */
final class DialectServer implements AutoCloseable {
    static final String ACCOUNT = "acme";
    static final int ANSWER_TOKENS = 12;

    private final LedgerServer ledger;
    private volatile Instant now = Instant.parse("2026-11-21T10:00:00Z");

    DialectServer(Path data, UnaryOperator<TestServer.Builder> more) {
        CatalogueModel entry = new CatalogueModel(
                TestServer.MODEL,
                "The demo",
                null,
                2048,
                ANSWER_TOKENS,
                Set.of(Capability.CHAT),
                new Price(0, 0, 0, 0),
                List.of());
        ledger = LedgerServer.start(
                DatabaseSettings.sqlite(data), () -> now, builder -> more.apply(builder.entry(entry)));
        ledger.account(ACCOUNT, 1_000_000_000);
        ledger.price(1, 2);
    }

    static DialectServer start(Path data) {
        return new DialectServer(data, builder -> builder);
    }

    LedgerServer ledger() {
        return ledger;
    }

    TestServer http() {
        return ledger.server();
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** A new assistant, and a key that is bound to it. */
    String assistant(String name, @Nullable String systemPrompt, Map<String, Number> sampling) {
        ledger.acts()
                .assistants()
                .create("test", name, new AssistantSettings(TestServer.MODEL, null, systemPrompt, sampling));
        return key(name, KeyScope.ALL, LedgerServer.UNLIMITED);
    }

    String key(@Nullable String assistant, KeyScope scope, Limits limits) {
        return ledger.key(ACCOUNT, new KeySettings("k", scope, limits, null, assistant, null, Map.of()));
    }

    ChannelView channel(String name, @Nullable List<String> origins, @Nullable Long perMinute, @Nullable Long perDay) {
        return ledger.acts()
                .channels()
                .create(
                        "test",
                        new NewChannel(name, ACCOUNT, TestServer.MODEL, "You sell shoes.", origins, perMinute, perDay));
    }

    HttpRequest.Builder request(String path, @Nullable String key) {
        HttpRequest.Builder request = http().request(path);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    TestServer.Answered post(String path, @Nullable String key, String body) {
        return http().send(request(path, key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'), UTF_8))
                .build());
    }

    TestServer.Answered get(String path, @Nullable String key) {
        return http().send(request(path, key).GET().build());
    }

    TestServer.Answered delete(String path, @Nullable String key) {
        return http().send(request(path, key).DELETE().build());
    }

    /** What the model was asked last, as it saw it. */
    String lastPrompt() {
        Tokenizer tokenizer = http().model().tokenizer();
        return tokenizer.decode(http().runner().lastPrompt(), false);
    }

    @Override
    public void close() {
        ledger.close();
    }
}
