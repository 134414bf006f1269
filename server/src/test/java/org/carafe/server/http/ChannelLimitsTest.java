package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.carafe.server.admin.ChannelView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A channel's key stands in a public page: who has used up its minute costs next to nothing. */
final class ChannelLimitsTest {
    private static final String PATH = "/v1/channels/chat";
    private static final String HISTORY = "/v1/channels/history?sessionId=s";
    private static final String BODY = "{'message':'Hello','sessionId':'s'}";
    private static final String REMAINING = "X-RateLimit-Remaining-Requests";
    private static final String REFUSED = "{\"error\":\"Rate limit exceeded\"}";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path data;

    private DialectServer server;

    @BeforeEach
    void start() {
        server = DialectServer.start(data);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static void assertRefused(TestServer.Answered answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(429);
        assertThat(answer.body()).isEqualTo(REFUSED);
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 60);
        assertThat(answer.header(REMAINING)).isEqualTo("0");
    }

    @Test
    void itDoesNotStandInTheLineOfItsSession() throws Exception {
        ChannelView channel = server.channel("site", null, 1L, null);
        HeldRunner runner = server.http().runner();
        runner.hold();
        try {
            CompletableFuture<TestServer.Answered> first =
                    CompletableFuture.supplyAsync(() -> server.post(PATH, channel.key(), BODY));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!runner.isHolding()) {
                assertThat(System.nanoTime()).as("the first turn runs").isLessThan(deadline);
                Thread.sleep(1);
            }
            CompletableFuture<TestServer.Answered> second =
                    CompletableFuture.supplyAsync(() -> server.post(PATH, channel.key(), BODY));
            assertRefused(second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            assertThat(first).as("the turn before it").isNotDone();
            runner.release();
            assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).status())
                    .isEqualTo(200);
        } finally {
            runner.release();
        }
    }

    @Test
    void itIsRefusedBeforeItsChannelIsLookedUp() {
        ChannelView channel = server.channel("site", null, 1L, null);
        assertThat(server.post(PATH, channel.key(), BODY).status()).isEqualTo(200);
        server.ledger().acts().channels().disable("test", channel.id());
        assertRefused(server.post(PATH, channel.key(), BODY));
        assertRefused(server.get(HISTORY, channel.key()));
    }

    @Test
    void toBeCheckedTakesNothing() {
        ChannelView channel = server.channel("site", null, 3L, null);
        for (String remaining : List.of("2", "1", "0")) {
            TestServer.Answered answer = server.post(PATH, channel.key(), BODY);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.header(REMAINING)).isEqualTo(remaining);
        }
        assertRefused(server.post(PATH, channel.key(), BODY));
    }

    @Test
    void aMessageThatCannotBeReadIsTheCallersFaultStill() {
        ChannelView channel = server.channel("site", null, 1L, null);
        assertThat(server.post(PATH, channel.key(), BODY).status()).isEqualTo(200);
        assertThat(server.post(PATH, channel.key(), "{'message':1").status()).isEqualTo(400);
        assertThat(server.get("/v1/channels/history", channel.key()).status()).isEqualTo(400);
    }
}
