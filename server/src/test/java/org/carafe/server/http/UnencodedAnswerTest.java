package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.inference.engine.Usage;
import org.carafe.server.admission.Hold;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.openai.Answer;
import org.carafe.server.openai.RequestParser;
import org.carafe.server.serving.Prompts;
import org.carafe.server.serving.RequestPlan;
import org.carafe.server.serving.RequestPlanner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An answer that was generated and could not be encoded is our failure: nobody pays for it unless some of it was sent. */
final class UnencodedAnswerTest {
    private static final long ANSWER_BYTES_MAX = 1 << 20;

    private static TestServer server;

    private final Noted hold = new Noted();

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    /** Writes down how it ended. */
    private static final class Noted implements Hold {
        private final List<Usage> settled = new ArrayList<>();
        private int released;

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public long completionTokensMax() {
            return 5;
        }

        @Override
        public void delivered(Usage soFar) {}

        @Override
        public void settle(Usage usage, @Nullable AnswerToKeep answer) {
            assertThat(answer).as("what was not encoded cannot be kept").isNull();
            settled.add(usage);
        }

        @Override
        public void release() {
            released++;
        }
    }

    private void answer(boolean isSent, Generations.Encoding encoding) {
        RequestPlan plan = new RequestPlanner(new Prompts(), ANSWER_BYTES_MAX, null)
                .completion(
                        server.model(),
                        new RequestParser(false)
                                .completion("{\"model\":\"carafe/demo\",\"prompt\":\"Once\",\"max_tokens\":5}"
                                        .getBytes(UTF_8)),
                        "req",
                        "acme");
        Sequences sequences = Sequences.submit(plan);
        WholeSink sink = new WholeSink(new Answer(false), new AnswerMemory(new MemoryBudget(ANSWER_BYTES_MAX)), true);
        List<SequenceReader> readers = List.of(new SequenceReader(sequences.get(0), sink, sequences));
        RequestFacts facts = new RequestFacts(false, System.nanoTime());
        Generations.readAndSettle(facts, plan, hold, sequences, readers, () -> isSent, encoding);
    }

    @Test
    void costsNothing() {
        assertThatThrownBy(() -> answer(false, usage -> {
                    throw new IllegalStateException("too large");
                }))
                .hasMessage("too large");
        assertThat(hold.settled).isEmpty();
        assertThat(hold.released).isEqualTo(1);
    }

    @Test
    void isPaidForWhereSomeOfItWasSent() {
        assertThatThrownBy(() -> answer(true, usage -> {
                    throw new IllegalStateException("too large");
                }))
                .hasMessage("too large");
        assertThat(hold.settled).hasSize(1);
        assertThat(hold.settled.getFirst().completionTokens()).isPositive();
        assertThat(hold.released).isZero();
    }

    @Test
    void oneThatIsEncodedIsPaidFor() {
        answer(false, usage -> null);
        assertThat(hold.settled).hasSize(1);
        assertThat(hold.released).isZero();
    }
}
