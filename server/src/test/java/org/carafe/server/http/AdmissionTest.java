package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.Usage;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.Hold;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.AnswerToKeep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Holds: placed for the worst case, ended exactly once with what was used, whatever becomes of the request. */
final class AdmissionTest {
    /** Writes down every hold and how it ended. */
    private static final class Book implements Admission {
        final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch closed = new CountDownLatch(1);
        volatile boolean refuses;
        volatile boolean slow;

        final class Entry implements Hold {
            final Demand demand;
            final CountDownLatch settling = new CountDownLatch(1);
            final List<Usage> settled = Collections.synchronizedList(new ArrayList<>());
            volatile int released;

            Entry(Demand demand) {
                this.demand = demand;
            }

            @Override
            public Map<String, String> headers() {
                return Map.of("X-RateLimit-Limit-Requests", "60", "X-RateLimit-Remaining-Requests", "59");
            }

            @Override
            public long completionTokensMax() {
                return demand.completionTokensMax();
            }

            @Override
            public void delivered(Usage soFar) {}

            @Override
            public void settle(Usage usage, @Nullable AnswerToKeep answer) {
                assertThat(answer).as("no request here has a key").isNull();
                settling.countDown();
                if (slow) {
                    awaitClosed();
                }
                settled.add(usage);
            }

            @Override
            public synchronized void release() {
                released++;
            }

            boolean endedOnce() {
                return settled.size() + released == 1;
            }
        }

        private void awaitClosed() {
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Hold hold(Demand demand) {
            if (refuses) {
                throw new ApiException(
                        ErrorKind.BUDGET_EXCEEDED, "No credits.", null, Map.of("X-RateLimit-Remaining-Requests", "0"));
            }
            Entry entry = new Entry(demand);
            entries.add(entry);
            return entry;
        }

        @Override
        public Map<String, String> count(Principal principal) {
            return headers(principal);
        }

        @Override
        public void check(Principal principal) {}

        @Override
        public Map<String, String> headers(Principal principal) {
            return Map.of("X-RateLimit-Limit-Requests", "60");
        }
    }

    private final Book book = new Book();

    @Test
    void theWorstCaseIsHeldAndWhatWasUsedIsSettled() {
        try (TestServer server = TestServer.with().admission(book).start()) {
            TestServer.Answered answer = server.chat(",\"max_tokens\":10,\"ignore_eos\":true,\"n\":3");
            assertThat(answer.header("X-RateLimit-Remaining-Requests")).isEqualTo("59");
            assertThat(server.get("/v1/models").header("X-RateLimit-Limit-Requests"))
                    .isEqualTo("60");
            Book.Entry entry = book.entries.getFirst();
            assertThat(entry.demand.model()).isEqualTo(TestServer.MODEL);
            assertThat(entry.demand.completionTokensMax()).isEqualTo(30);
            assertThat(entry.demand.sequences()).isEqualTo(3);
            assertThat(entry.demand.requestId()).isEqualTo(answer.header("X-Request-Id"));
            int promptTokens = answer.json().at("/usage/prompt_tokens").asInt();
            assertThat(entry.demand.promptTokens()).isEqualTo(promptTokens);
            assertThat(entry.settled).singleElement().satisfies(usage -> {
                assertThat(usage.promptTokens()).isEqualTo(promptTokens);
                assertThat(usage.completionTokens()).isEqualTo(30);
            });
        }
    }

    @Test
    void theLastChunkOfAStreamComesAfterTheSettlement() throws Exception {
        book.slow = true;
        try (TestServer server = TestServer.with().admission(book).start();
                RawClient client = new RawClient(server)) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(",\"max_tokens\":10,\"ignore_eos\":true,\"seed\":5,\"stream\":true")));
            client.readUntil("\"content\":\"");
            book.entries.getFirst().settling.await();
            // Everything else of the stream is there by now, as the settlement comes after it.
            byte[] sent = new byte[1 << 16];
            int length = client.socket().getInputStream().read(sent);
            assertThat(new String(sent, 0, length, StandardCharsets.UTF_8))
                    .contains("\"content\":\"")
                    .doesNotContain("\"finish_reason\":\"length\"", "[DONE]");
            assertThat(book.entries.getFirst().settled).isEmpty();
            book.closed.countDown();
            client.readUntil("\"finish_reason\":\"length\"");
            assertThat(book.entries.getFirst().settled).hasSize(1);
        }
    }

    @Test
    void aRequestThatCannotBePaidForNeverReachesTheEngine() {
        book.refuses = true;
        try (TestServer server = TestServer.with().admission(book).start()) {
            TestServer.Answered answer = server.chat("");
            assertThat(answer.status()).isEqualTo(402);
            assertThat(answer.error().path("type").asText()).isEqualTo("insufficient_quota");
            assertThat(answer.error().path("code").asText()).isEqualTo("budget_exceeded");
            assertThat(answer.header("X-RateLimit-Remaining-Requests")).isEqualTo("0");
            assertThat(server.engine().stats().promptTokens()).isZero();
        }
    }

    @Test
    void aRequestThatIsRefusedBeforeTheEngineIsNotHeld() {
        try (TestServer server = TestServer.with().admission(book).start()) {
            server.chat(",\"temperature\":9");
            server.chat(",\"max_tokens\":99999");
            server.post("/v1/chat/completions", "{");
            server.post("/v1/completions", "{\"model\":\"other\",\"prompt\":\"x\"}");
            assertThat(book.entries).isEmpty();
        }
    }

    @Test
    void everyHoldEndsExactlyOnceHoweverItsRequestEnds() throws Exception {
        Random random = new Random(5);
        EngineConfig narrow = EngineConfig.defaults().withSequencesMax(4).withWaitingMax(6);
        try (TestServer server = TestServer.with()
                .admission(book)
                .engine(narrow)
                .stepMicros(300)
                .failedStep(400)
                .start()) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                String body = TestServer.chatBody(",\"max_tokens\":" + (1 + random.nextInt(60)) + ",\"n\":"
                        + (1 + random.nextInt(3)) + ",\"stream\":" + random.nextBoolean());
                int patienceMillis = random.nextInt(3) == 0 ? random.nextInt(30) : 60_000;
                callers.add(Thread.ofVirtual().start(() -> call(server, body, patienceMillis)));
                Thread.sleep(random.nextInt(6));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            server.awaitIdle();
            TestServer.eventually(
                    "every hold has ended", () -> book.entries.stream().allMatch(Book.Entry::endedOnce));
            assertThat(book.entries).anyMatch(entry -> entry.released == 1).anyMatch(entry -> !entry.settled.isEmpty());
            assertThat(book.entries)
                    .allSatisfy(entry -> assertThat(entry.settled)
                            .allMatch(usage -> usage.completionTokens() <= entry.demand.completionTokensMax()));
        }
    }

    private static void call(TestServer server, String body, int patienceMillis) {
        try (RawClient client = new RawClient(server)) {
            client.socket().setSoTimeout(Math.max(1, patienceMillis));
            client.send(RawClient.post("/v1/chat/completions", body));
            RawResponse.read(client.socket().getInputStream());
        } catch (IOException e) {
            // Out of patience: the connection is closed.
        }
    }
}
