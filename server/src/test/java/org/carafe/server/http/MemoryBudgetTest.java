package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Memory of all requests together is bounded, and what they took comes back. */
final class MemoryBudgetTest {
    @Test
    void whatIsNotThereIsNotTaken() {
        MemoryBudget budget = new MemoryBudget(100);
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(60)).isFalse();
        assertThat(budget.take(40)).isTrue();
        budget.give(60);
        assertThat(budget.leftBytes()).isEqualTo(60);
    }

    private static long left(TestServer server) {
        return server.metric("carafe_http_body_memory_left_bytes");
    }

    @Test
    void whoIsRefusedNeverTakesFromWhomItFits() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(100);
        AtomicBoolean ends = new AtomicBoolean();
        List<Thread> greedy = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            greedy.add(Thread.ofPlatform().start(() -> {
                while (!ends.get()) {
                    budget.take(101);
                }
            }));
        }
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            if (budget.take(100)) {
                budget.give(100);
            } else {
                refused++;
            }
        }
        ends.set(true);
        for (Thread one : greedy) {
            one.join();
        }
        assertThat(refused).isZero();
        assertThat(budget.leftBytes()).isEqualTo(100);
    }

    @Test
    void largeBodiesBeyondTheBudgetAreTurnedAwayAndTheMemoryComesBack() throws IOException {
        int bodyBytes = (int) Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 64);
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "requestBytesMax", bodyBytes);
        List<RawClient> clients = new ArrayList<>();
        try (TestServer server = TestServer.with().settings(settings).start()) {
            long before = left(server);
            String unfinished =
                    RawClient.post("/tokenize", " ".repeat(bodyBytes)).substring(0, bodyBytes - 1000);
            for (int i = 0; i < 6; i++) {
                RawClient client = new RawClient(server);
                clients.add(client);
                try {
                    client.send(unfinished);
                } catch (IOException e) {
                    // Refused while it was sending.
                }
            }
            TestServer.eventually(
                    "some are turned away",
                    () -> server.get("/metrics")
                            .body()
                            .contains("code=\"model_unavailable\",method=\"POST\",route=\"/tokenize\",status=\"503\""));
            assertThat(left(server)).isLessThan(before);
            for (RawClient client : clients) {
                client.close();
            }
            TestServer.eventually("all memory is back", () -> left(server) == before);
            assertThat(server.chat(",\"max_tokens\":1").status()).isEqualTo(200);
        }
    }
}
