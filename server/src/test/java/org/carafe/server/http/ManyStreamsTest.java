package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.carafe.inference.engine.EngineConfig;
import org.junit.jupiter.api.Test;

/** A thousand streams at once: all there at the same time, all complete, all correct. */
final class ManyStreamsTest {
    private static final int STREAMS = 1_000;
    private static final int SEEDS = 25;
    private static final int TOKENS = 64;

    private static String more(int seed) {
        return ",\"max_tokens\":" + TOKENS + ",\"ignore_eos\":true,\"temperature\":1,\"seed\":" + seed;
    }

    @Test
    void aThousandStreamsAtOnceAreAllCompleteAndCorrect() throws Exception {
        EngineConfig wide = EngineConfig.defaults().withSequencesMax(256).withWaitingMax(2 * STREAMS);
        try (TestServer server =
                TestServer.with().engine(wide).stepMicros(1_000).start()) {
            List<String> expected = new ArrayList<>();
            for (int seed = 0; seed < SEEDS; seed++) {
                expected.add(server.chat(more(seed))
                        .json()
                        .at("/choices/0/message/content")
                        .asText());
            }
            Map<Integer, String> texts = new ConcurrentHashMap<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            server.runner().hold();
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                int stream = i;
                readers.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = new RawClient(server)) {
                        client.send(RawClient.post(
                                "/v1/chat/completions",
                                TestServer.chatBody(more(stream % SEEDS)
                                        + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")));
                        texts.put(stream, text(client));
                    } catch (Exception | AssertionError e) {
                        failures.add(e);
                    }
                }));
            }
            TestServer.eventually(
                    "all are inside",
                    () -> server.metric("carafe_http_requests_running") == STREAMS || !failures.isEmpty());
            server.runner().release();
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(failures).isEmpty();
            assertThat(texts).hasSize(STREAMS);
            texts.forEach((stream, text) -> assertThat(text).isEqualTo(expected.get(stream % SEEDS)));
            server.awaitIdle();
        }
    }

    private static String text(RawClient client) throws Exception {
        RawResponse response =
                RawResponse.read(new BufferedInputStream(client.socket().getInputStream(), 16_384));
        assertThat(response.status()).isEqualTo(200);
        List<String> events = response.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
        assertThat(events.getLast()).isEqualTo("[DONE]");
        List<JsonNode> chunks = events.subList(0, events.size() - 1).stream()
                .map(TestServer::parse)
                .toList();
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(TOKENS);
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                .collect(Collectors.joining());
    }
}
