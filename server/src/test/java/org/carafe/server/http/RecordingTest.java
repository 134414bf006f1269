package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recorded answers take of their memory is given back, however they end. */
final class RecordingTest {
    private static final byte[] EVENT = "data: {}\n\n".getBytes(UTF_8);

    @TempDir
    private Path data;

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final List<Runnable> kept = new ArrayList<>();

    private Recording recording(int bytesMax) {
        return new Recording(bytesMax, budget, (type, answer, over) -> {
            kept.add(over);
            return new AnswerToKeep("s", "k", 1, 0, 200, type, answer, Duration.ofDays(1), isKept -> over.run());
        });
    }

    @Test
    void whatIsSentAfterItsMemoryWasGivenBackTakesNone() {
        Recording recording = recording(1 << 20);
        recording.add(EVENT, EVENT.length);
        assertThat(budget.leftBytes()).isLessThan(budget.bytes());
        recording.giveBack();
        recording.add(EVENT, EVENT.length);
        assertThat(budget.leftBytes()).isEqualTo(budget.bytes());
        assertThat(recording.whole("text/plain", EVENT)).isNull();
    }

    @Test
    void whatIsSentAfterItWasHandedOverTakesNone() {
        Recording recording = recording(1 << 20);
        recording.add(EVENT, EVENT.length);
        assertThat(recording.whole("text/plain", EVENT)).isNotNull();
        recording.add(EVENT, EVENT.length);
        kept.getFirst().run();
        assertThat(budget.leftBytes()).isEqualTo(budget.bytes());
    }

    @Test
    void anAnswerThatIsTooLargeTakesNone() {
        Recording recording = recording(EVENT.length);
        recording.add(EVENT, EVENT.length);
        recording.add(EVENT, EVENT.length);
        recording.add(EVENT, 1);
        assertThat(budget.leftBytes()).isEqualTo(budget.bytes());
    }

    @Test
    void aStreamThatFailedOnTheWayTakesNone() {
        try (LedgerServer server = LedgerServer.start(
                DatabaseSettings.sqlite(data), InstantSource.system(), builder -> builder.failedStep(4))) {
            server.price(3, 7);
            server.account("acme", 1_000_000_000);
            String key = server.key("acme", LedgerServer.UNLIMITED);
            TestServer.Answered cut = server.server()
                    .send(server.server()
                            .request("/v1/chat/completions")
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", "one")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    TestServer.chatBody(",\"max_tokens\":64,\"ignore_eos\":true,\"stream\":true")))
                            .build());
            assertThat(cut.status()).isEqualTo(200);
            assertThat(cut.body()).contains("\"error\"").doesNotContain("[DONE]");
            MemoryBudget recordings = server.server().server().recordings();
            TestServer.eventually("nothing is recorded", () -> server.server().isIdle());
            assertThat(recordings.leftBytes()).isEqualTo(recordings.bytes());
        }
    }
}
