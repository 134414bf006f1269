package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller sends: no 5xx, nothing leaks, the process stays up. All of it is seeded. */
final class HostileInputTest {
    private static final int CONTEXT = 160;

    /** Connections of the test's own HTTP client, and what a library opens when it is first used. Leaks are hundreds. */
    private static final int DESCRIPTORS_SLACK = 16;

    private TestServer server;
    private long descriptorsBefore;
    private long bodyMemoryBefore;

    @BeforeEach
    void start() {
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "bodyMillis", 2_000);
        settings = Settings.with(settings, "idleMillis", 3_000);
        settings = Settings.with(settings, "requestBytesMax", 1 << 20);
        server = TestServer.with().settings(settings).contextTokensMax(CONTEXT).start();
        assertThat(server.chat(",\"max_tokens\":3").status()).isEqualTo(200);
        bodyMemoryBefore = server.metric("carafe_http_body_memory_left_bytes");
        descriptorsBefore = openDescriptors();
    }

    /** Of this process, and so of server and clients. */
    private static long openDescriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }

    @AfterEach
    void everythingIsGivenBackAndTheServerStillServes() {
        server.awaitIdle();
        TestServer.eventually(
                "nobody is inside", () -> server.get("/metrics").body().contains("carafe_http_requests_running 0.0"));
        TestServer.eventually(
                "the memory of bodies is back",
                () -> server.metric("carafe_http_body_memory_left_bytes") == bodyMemoryBefore);
        TestServer.eventually(
                "every connection is closed", () -> openDescriptors() <= descriptorsBefore + DESCRIPTORS_SLACK);
        assertThat(server.chat(",\"max_tokens\":3").status()).isEqualTo(200);
        server.close();
    }

    /** Statuses of all responses on the connection. */
    private static List<Integer> statuses(String responses) {
        return java.util.regex.Pattern.compile("HTTP/1\\.1 (\\d{3})")
                .matcher(responses)
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .toList();
    }

    private static void assertNoFault(String responses, String request) {
        assertThat(statuses(responses)).as(() -> Fuzzer.shown(request)).allMatch(status -> status < 500);
    }

    @Test
    void mutatedBodiesNeverCauseAFault() throws IOException {
        Random random = new Random(20_26);
        int accepted = 0;
        RawClient client = new RawClient(server);
        for (int i = 0; i < 8_000; i++) {
            Fuzzer.Request request = Fuzzer.body(random);
            client.send(request.onTheWire());
            RawResponse response = RawResponse.read(client.socket().getInputStream());
            assertThat(response.status()).as(() -> Fuzzer.shown(request.body())).isLessThan(500);
            if (response.status() == 200) {
                accepted++;
            } else {
                JsonNode error = TestServer.parse(response.body()).path("error");
                assertThat(error.path("message").asText())
                        .as(() -> Fuzzer.shown(request.body()))
                        .isNotEmpty();
                assertThat(error.path("code").asText()).isNotEmpty();
            }
            if (response.closes()) {
                client.close();
                client = new RawClient(server);
            }
        }
        client.close();
        assertThat(accepted)
                .as("some mutants are valid, so that the engine is reached")
                .isBetween(500, 7_500);
    }

    @Test
    void mutatedHeadsNeverCauseAFault() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 800; i++) {
            byte[] head = Fuzzer.head(random);
            try (RawClient client = new RawClient(server)) {
                client.socket().setSoTimeout(30_000);
                client.socket().getOutputStream().write(head);
                client.socket().shutdownOutput();
                assertNoFault(client.readAll(), new String(head, StandardCharsets.ISO_8859_1));
            } catch (SocketTimeoutException e) {
                throw new AssertionError("no end after: " + new String(head, StandardCharsets.ISO_8859_1), e);
            } catch (IOException e) {
                // Cut off while it was sending.
            }
        }
    }

    /** Each is one request to a careful server and two to a careless one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
                "Content-Length: 0, 44\r\n\r\n",
                "Content-Length: +0\r\n\r\n",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 0x0\r\n\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
                "Content-Length: 0\nX: y\n\n"
            })
    void smuggledRequestsAreNotServed(String headers) throws IOException {
        String smuggled = "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: smuggled\r\n\r\n";
        try (RawClient client = new RawClient(server)) {
            client.socket().setSoTimeout(30_000);
            client.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + headers + smuggled);
            client.socket().shutdownOutput();
            String responses = client.readAll();
            assertNoFault(responses, headers);
            assertThat(responses).doesNotContain("X-Request-Id: smuggled");
        }
    }

    @Test
    void peersThatGoAwayAnywhereInARequestLeaveNothingBehind() throws Exception {
        Random random = new Random(99);
        String request = RawClient.post(
                "/v1/chat/completions", TestServer.chatBody(",\"stream\":true,\"n\":2,\"ignore_eos\":true"));
        for (int i = 0; i < 300; i++) {
            RawClient client = new RawClient(server);
            client.socket().setSoTimeout(30_000);
            try {
                client.send(request.substring(0, random.nextInt(request.length() + 1)));
                switch (random.nextInt(5)) {
                    case 0 -> client.reset();
                    case 1 -> client.close();
                    case 2 -> {
                        client.socket().shutdownOutput();
                        assertNoFault(client.readAll(), request);
                    }
                    case 3 -> {
                        client.socket().shutdownInput();
                        Thread.sleep(1);
                    }
                    default -> client.socket().getOutputStream().write(new byte[random.nextInt(200)]);
                }
            } catch (IOException e) {
                // Refused or cut off: that is an answer too.
            } finally {
                client.close();
            }
        }
    }

    @Test
    void slowSendersDoNotKeepOthersFromBeingServed() throws IOException {
        RawClient[] slow = new RawClient[200];
        try {
            for (int i = 0; i < slow.length; i++) {
                slow[i] = new RawClient(server)
                        .send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Le");
            }
            for (int i = 0; i < 20; i++) {
                assertThat(server.chat(",\"max_tokens\":3").status()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : slow) {
                if (client != null) {
                    client.close();
                }
            }
        }
    }
}
