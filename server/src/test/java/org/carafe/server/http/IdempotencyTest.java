package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Law 7 on requests that charge: the same key and body is one charge and one answer. */
final class IdempotencyTest {
    private static final String MORE = ",\"max_tokens\":8,\"ignore_eos\":true";

    @TempDir
    private static Path data;

    private static AdminServer admin;

    /** Of this test alone. */
    private String account;

    private String key;

    @BeforeAll
    static void start() {
        admin = new AdminServer(data, builder -> builder.contextTokensMax(40_000));
        admin.acts.prices().set("test", TestServer.MODEL, 1_000_000_000, null, 1_000_000_000);
    }

    @BeforeEach
    void fund(TestInfo test) {
        account = test.getDisplayName() + test.getTestMethod();
        account = "account-" + Integer.toHexString(account.hashCode());
        account(account);
        key = key(account);
    }

    @AfterAll
    static void stop() {
        admin.close();
    }

    private static void account(String name) {
        admin.acts.accounts().create("test", name, AccountSettings.DEFAULTS);
        admin.acts.credits().add("test", name, 1_000_000_000_000L, "start", null);
    }

    private static String key(String account) {
        return String.valueOf(admin.acts
                .keys()
                .create("test", account, KeySettings.named("k"), null)
                .key());
    }

    private HttpRequest request(String path, String secret, String idempotencyKey, String body) {
        return admin.server
                .request(path)
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .build();
    }

    private TestServer.Answered chat(String idempotencyKey, String more) {
        return admin.server.send(request("/v1/chat/completions", key, idempotencyKey, TestServer.chatBody(more)));
    }

    private String spent() {
        return admin.acts.accounts().show(account).spent().toPlainString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",\"stream\":true", ",\"stream\":true,\"n\":3,\"stream_options\":{\"include_usage\":true}"})
    void theSameRequestAgainIsTheSameBytesAndCostsNothing(String more) {
        TestServer.Answered first = chat("one", MORE + more);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        String spent = spent();
        assertThat(spent).isNotEqualTo("0");
        for (int i = 0; i < 3; i++) {
            TestServer.Answered again = chat("one", MORE + more);
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
            assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
            assertThat(again.header("X-RateLimit-Limit-Requests")).isNotEmpty();
        }
        assertThat(spent()).isEqualTo(spent);
        assertThat(chat("two", MORE + more).header("Idempotency-Replayed")).isEmpty();
        assertThat(spent()).isNotEqualTo(spent);
    }

    @Test
    void anAnswerAgainIsARequestOfTheMinute() {
        Limits three = new Limits(3L, null, null, null, null);
        KeySettings named = KeySettings.named("three");
        key = String.valueOf(admin.acts
                .keys()
                .create(
                        "test",
                        account,
                        new KeySettings(
                                named.name(), named.scope(), three, null, null, (Instant) null, named.metadata()),
                        null)
                .key());
        assertThat(chat("one", MORE).header("X-RateLimit-Remaining-Requests")).isEqualTo("2");
        String spent = spent();
        assertThat(chat("one", MORE).header("X-RateLimit-Remaining-Requests")).isEqualTo("1");
        assertThat(chat("one", MORE).header("X-RateLimit-Remaining-Requests")).isEqualTo("0");
        TestServer.Answered beyond = chat("one", MORE);
        assertThat(beyond.status()).isEqualTo(429);
        assertThat(beyond.header("Retry-After")).isNotEmpty();
        assertThat(beyond.header("Idempotency-Replayed")).isEmpty();
        assertThat(spent()).isEqualTo(spent);
    }

    @Test
    void anotherBodyOrRouteUnderTheSameKeyIsAConflict() {
        chat("one", MORE);
        String spent = spent();
        TestServer.Answered other = chat("one", MORE + ",\"seed\":2");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.error().path("code").textValue()).isEqualTo("idempotency_conflict");
        TestServer.Answered elsewhere =
                admin.server.send(request("/v1/completions", key, "one", TestServer.chatBody(MORE)));
        assertThat(elsewhere.status()).isEqualTo(409);
        assertThat(spent()).isEqualTo(spent);
    }

    @Test
    void accountsDoNotShareKeys() {
        account("other");
        TestServer.Answered mine = chat("one", MORE);
        TestServer.Answered theirs =
                admin.server.send(request("/v1/chat/completions", key("other"), "one", TestServer.chatBody(MORE)));
        assertThat(theirs.status()).isEqualTo(200);
        assertThat(theirs.header("Idempotency-Replayed")).isEmpty();
        assertThat(theirs.json().path("id")).isNotEqualTo(mine.json().path("id"));
    }

    @Test
    void whileTheFirstRunsTheSameAgainIsToldToWait() {
        admin.server.runner().hold();
        CompletableFuture<TestServer.Answered> first = CompletableFuture.supplyAsync(() -> chat("one", MORE));
        TestServer.eventually("it runs", admin.server.runner()::isHolding);
        TestServer.Answered meanwhile = chat("one", MORE);
        assertThat(meanwhile.status()).isEqualTo(409);
        assertThat(meanwhile.header("Retry-After")).isNotEmpty();
        admin.server.runner().release();
        TestServer.Answered answered = first.join();
        assertThat(chat("one", MORE).body()).isEqualTo(answered.body());
    }

    @Test
    void aRequestThatWasRefusedFreesItsKey() {
        assertThat(chat("one", ",\"max_tokens\":99999").status()).isEqualTo(400);
        assertThat(chat("one", MORE).status()).isEqualTo(200);
        assertThat(spent()).isNotEqualTo("0");
    }

    @Test
    void aRequestWhoseClientWentAwayFreesItsKey() throws IOException {
        admin.server.runner().hold();
        try (RawClient client = new RawClient(admin.server)) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(MORE),
                    "Authorization: Bearer " + key,
                    "Idempotency-Key: one"));
            TestServer.eventually("it runs", admin.server.runner()::isHolding);
        }
        admin.server.runner().release();
        TestServer.eventually("its key is free", () -> chat("one", MORE).status() == 200);
    }

    @Test
    void anAnswerTooLargeToKeepIsAnsweredAndFreesItsKey() {
        String large = ",\"n\":16,\"max_tokens\":4000,\"ignore_eos\":true,\"stream\":true";
        TestServer.Answered first = chat("one", large);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body().length()).isGreaterThan(4 << 20);
        assertThat(first.events()).last().isEqualTo("[DONE]");
        TestServer.Answered again = chat("one", MORE);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Replayed")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"a b", "é", "x%s"})
    void aKeyThatIsNoneIsRefused(String idempotencyKey) throws IOException {
        String sent = idempotencyKey.replace("%s", "y".repeat(255));
        try (RawClient client = new RawClient(admin.server)) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(MORE),
                    "Authorization: Bearer " + key,
                    "Connection: close",
                    "Idempotency-Key: " + sent));
            assertThat(client.readAll()).startsWith("HTTP/1.1 400");
        }
        assertThat(spent()).isEqualTo("0");
    }

    @Test
    void answersAreNotReadableInTheLedger() {
        TestServer.Answered first = chat("one", MORE);
        String text = first.json().at("/choices/0/message/content").textValue();
        assertThat(text).isNotEmpty();
        List<byte[]> kept = admin.database.read(handle -> handle.select(
                        "select response from idempotency where scope like 'requests:%' and response is not null")
                .mapTo(byte[].class)
                .list());
        assertThat(kept).isNotEmpty();
        assertThat(kept)
                .allSatisfy(answer -> assertThat(new String(answer, UTF_8)).doesNotContain(text, "chatcmpl"));
    }
}
