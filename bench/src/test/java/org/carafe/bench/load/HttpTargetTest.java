package org.carafe.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load generator against a server whose answers are known. */
final class HttpTargetTest {
    private static final String DELTA = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
    private static final int TOKENS = 5;
    private static final long GAP_MILLIS = 10;

    static {
        // Else the JDK's server lets Nagle's algorithm collect tokens.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final AtomicInteger served = new AtomicInteger();
    private final CountDownLatch fortyAsked = new CountDownLatch(40);
    private HttpServer server;
    private ExecutorService threads;

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int number = served.incrementAndGet();
        fortyAsked.countDown();
        if (request.contains("\"model\":\"held\"")) {
            await(fortyAsked);
        }
        if (request.contains("\"model\":\"broken\"") && number % 2 == 0) {
            exchange.sendResponseHeaders(429, 4);
            exchange.getResponseBody().write("full".getBytes(UTF_8));
            exchange.close();
            return;
        }
        String usage = "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":" + TOKENS + "}";
        if (!request.contains("\"stream\":true")) {
            byte[] body = ("{\"choices\":[{\"message\":{\"content\":\"xxxxx\"}}]," + usage + "}").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            send(out, "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n");
            for (int i = 0; i < TOKENS; i++) {
                pause();
                send(out, DELTA);
            }
            send(out, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n");
            send(out, "data: {\"choices\":[]," + usage + "}\n\ndata: [DONE]\n\n");
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(GAP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Summary run(String model, boolean stream, LoadPlan plan) throws IOException {
        Requests requests =
                new Requests(new Requests.Shape("127.0.0.1", model, "sk-test", true, stream, 7, 2, TOKENS, 1));
        try (HttpTarget target = new HttpTarget(server.getAddress(), requests, stream)) {
            return target.run(plan, (ended, tokens) -> {});
        }
    }

    @Test
    void streamsAreTimedTokenByToken() throws IOException {
        Summary summary = run("m", true, new LoadPlan(4, 0, 40, 0, 1));

        assertThat(summary.succeeded()).isEqualTo(40);
        assertThat(summary.failed()).isZero();
        assertThat(summary.ttft().count()).isEqualTo(40);
        assertThat(summary.ttft().p50()).isGreaterThanOrEqualTo(GAP_MILLIS);
        assertThat(summary.itl().count()).isEqualTo(40L * (TOKENS - 1));
        assertThat(summary.itl().p50()).isBetween(GAP_MILLIS * 0.8, GAP_MILLIS * 10.0);
        assertThat(summary.e2e().p50()).isGreaterThanOrEqualTo(GAP_MILLIS * TOKENS);
        assertThat(summary.outputTokensPerSecond() * summary.seconds()).isCloseTo(40 * TOKENS, within(1e-9));
        assertThat(summary.promptTokensPerSecond() * summary.seconds()).isCloseTo(40 * 7, within(1e-9));
    }

    @Test
    void wholeAnswersHaveNoFirstToken() throws IOException {
        Summary summary = run("m", false, new LoadPlan(2, 0, 20, 0, 1));

        assertThat(summary.succeeded()).isEqualTo(20);
        assertThat(summary.ttft().count()).isZero();
        assertThat(summary.e2e().count()).isEqualTo(20);
    }

    @Test
    void refusalsAreCountedByKindAndTheRunGoesOn() throws IOException {
        Summary summary = run("broken", true, new LoadPlan(3, 0, 30, 0, 1));

        assertThat(summary.succeeded()).isEqualTo(15);
        assertThat(summary.failures()).containsEntry("HTTP 429: full", 15);
    }

    @Test
    void anOpenLoopStartsRequestsAtItsRateWhetherOrNotOthersEnded() throws IOException {
        // Nobody is answered before forty have asked.
        Summary summary = run("held", true, new LoadPlan(64, 200, 100, 0, 3));

        assertThat(summary.succeeded()).isEqualTo(100);
        assertThat(summary.requestsPerSecond()).isLessThan(300);
    }

    @Test
    void aRunEndsWhenItsTimeIsUp() throws IOException {
        Summary summary = run("m", true, new LoadPlan(2, 0, 1_000_000, 0.5, 1));

        assertThat(summary.seconds()).isBetween(0.5, 5.0);
        assertThat(summary.succeeded()).isBetween(2, 60);
    }

    @Test
    void aServerThatIsGoneIsAFailureNotAHang() throws IOException {
        server.stop(0);

        Summary summary = run("m", true, new LoadPlan(2, 0, 4, 0, 1));

        assertThat(summary.succeeded()).isZero();
        assertThat(summary.failed()).isEqualTo(4);
    }
}
