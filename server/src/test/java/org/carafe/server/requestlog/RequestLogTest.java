package org.carafe.server.requestlog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequestLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void anEntryIsOneLineOfJson() throws IOException {
        Path file = folder.resolve("new/requests.jsonl");
        try (RequestLog log = RequestLog.to(file)) {
            log.write(entry("r-1", null));
        }
        JsonNode line = lines(file).getFirst();
        assertThat(line.path("time").textValue()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(line.path("request_id").textValue()).isEqualTo("r-1");
        assertThat(line.path("account").textValue()).isEqualTo("acme");
        assertThat(line.path("key_prefix").textValue()).isEqualTo("sk-abcdefgh");
        assertThat(line.path("status").intValue()).isEqualTo(200);
        assertThat(line.path("error").isNull()).isTrue();
        assertThat(line.path("cost").decimalValue()).isEqualByComparingTo("0.001234");
        assertThat(line.path("cached_tokens").intValue()).isEqualTo(3);
        assertThat(line.path("first_token_ms").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(line.path("total_ms").decimalValue()).isEqualByComparingTo("20");
        assertThat(line.has("prompt")).isFalse();
    }

    @Test
    void noTextBreaksItsLine() throws IOException {
        Path file = folder.resolve("requests.jsonl");
        String wild = "a\nb\r\u0000\u0085\u2028\u2029\"\\\u001b[31m \uD83D\uDE00 \uD83D ende";
        try (RequestLog log = RequestLog.to(file)) {
            log.write(entry("r", new RequestEntry.Texts(wild, List.of(wild, ""))));
        }
        String text = Files.readString(file);
        assertThat(text.lines().count()).isEqualTo(1);
        assertThat(text.strip().chars()).allMatch(c -> c >= ' ' && c < 127);
        assertThat(lines(file).getFirst().path("prompt").textValue()).isEqualTo(wild);
        assertThat(lines(file).getFirst().path("answers").path(0).textValue()).isEqualTo(wild);
    }

    @Test
    void aFileThatIsFullBecomesAnOlderOneAndNoLineIsLost() throws IOException {
        Path file = folder.resolve("requests.jsonl");
        int all = 3000;
        try (RequestLog log = RequestLog.to(new LogFile(file, 200_000, 2), all)) {
            for (int i = 0; i < all; i++) {
                log.write(entry("r-" + i, null));
            }
        }
        assertThat(folder.resolve("requests.jsonl.3")).doesNotExist();
        List<JsonNode> kept = new ArrayList<>();
        for (String name : List.of("requests.jsonl.2", "requests.jsonl.1", "requests.jsonl")) {
            assertThat(Files.size(folder.resolve(name))).isBetween(1L, 200_000L);
            kept.addAll(lines(folder.resolve(name)));
        }
        // The oldest files are gone; what is left has no gap.
        int first = all - kept.size();
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i).path("request_id").textValue()).isEqualTo("r-" + (first + i));
        }
    }

    @Test
    void aFileThatWasMovedAwayIsBegunAnew() throws IOException {
        Path file = folder.resolve("requests.jsonl");
        try (LogFile log = new LogFile(file, 1 << 20, 2)) {
            log.write("one\n".getBytes(US_ASCII));
            Files.move(file, folder.resolve("moved"));
            log.write("two\n".getBytes(US_ASCII));
            Files.delete(file);
            log.write("three\n".getBytes(US_ASCII));
        }
        assertThat(folder.resolve("moved")).hasContent("one\n");
        assertThat(file).hasContent("three\n");
    }

    @Test
    void onlyTheOwnerReadsTheFile() throws IOException {
        Path file = folder.resolve("requests.jsonl");
        try (RequestLog log = RequestLog.to(file)) {
            log.write(entry("r", null));
        }
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void aFullQueueDropsAndCountsAndNobodyWaits() {
        CountDownLatch stuck = new CountDownLatch(1);
        LogTarget slow = new LogTarget() {
            @Override
            public void write(byte[] lines) {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void close() {}
        };
        try (RequestLog log = RequestLog.to(slow, 10)) {
            for (int i = 0; i < 5000; i++) {
                log.write(entry("r-" + i, null));
            }
            // What the writer took before it got stuck, and what waits, is not dropped.
            assertThat(log.dropped()).isBetween(5000L - 10 - 512, 5000L - 10);
            stuck.countDown();
        }
    }

    @Test
    void aDiskThatFailsIsCountedAndTheNextLineIsWhole() throws IOException {
        // A directory where the file should be: every write fails until it is gone.
        Path file = Files.createDirectory(folder.resolve("requests.jsonl"));
        try (RequestLog log = RequestLog.to(file)) {
            log.write(entry("lost", null));
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (log.dropped() == 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(log.dropped()).isEqualTo(1);
            Files.delete(file);
            log.write(entry("kept", null));
        }
        assertThat(lines(file)).hasSize(1);
        assertThat(lines(file).getFirst().path("request_id").textValue()).isEqualTo("kept");
    }

    private static RequestEntry entry(String id, RequestEntry.@Nullable Texts texts) {
        return new RequestEntry(
                Instant.parse("2026-01-02T03:04:05.678Z"),
                id,
                "acme",
                "key_1",
                "sk-abcdefgh",
                "POST",
                "/v1/chat/completions",
                "m",
                200,
                null,
                true,
                false,
                new RequestEntry.Tokens(10, 3, 5, 1234),
                new RequestEntry.Timing(1_500_000L, 20_000_000),
                texts);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            try {
                lines.add(JSON.readTree(line));
            } catch (JsonProcessingException e) {
                throw new AssertionError("not JSON: " + line, e);
            }
        }
        return lines;
    }
}
