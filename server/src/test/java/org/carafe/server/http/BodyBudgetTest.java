package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies of all requests together are bounded, and what they took comes back. */
final class BodyBudgetTest {
    @Test
    void whatIsNotThereIsNotTaken() {
        BodyBudget budget = new BodyBudget(100);
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(60)).isFalse();
        assertThat(budget.take(40)).isTrue();
        budget.give(60);
        assertThat(budget.leftBytes()).isEqualTo(60);
    }

    private static long left(TestServer server) {
        return server.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("carafe_http_body_memory_left_bytes "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
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
