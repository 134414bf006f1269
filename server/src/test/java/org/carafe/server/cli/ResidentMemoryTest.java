package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.demo.DemoCheckpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server takes for itself does not grow with its weights: they are used where their file is mapped, which the kernel can drop and
 * read again. With KV it stays within 1.15 times of both.
 */
final class ResidentMemoryTest {
    private static final double SHARE_MAX = 0.15;
    private static final int TOKENS = 48;

    /** Twice the interval at which the JVM gives freed memory back. */
    private static final long TRIM_MILLIS = 500;

    /** A heap that is resident from the start, and no memory that a compiler gave back: what grows is what is held. Java's kernels take part. */
    private static final List<String> JVM = List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "-Xms128m",
            "-Xmx128m",
            "-XX:+AlwaysPreTouch",
            "-XX:TrimNativeHeapInterval=200");

    @TempDir
    private Path home;

    private record Served(long anonymousBytes, long kvBytes) {}

    /** Loads a checkpoint and generates from it. */
    private Served serve(Path checkpoint, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "serve", "--model", checkpoint.toString(), "--served-name", DemoCheckpoint.NAME, "--port", "0"));
        arguments.addAll(List.of("--device", "cpu", "--kv-memory", "32MiB", "--max-context", "1024"));
        arguments.addAll(List.of(more));
        try (Carafe carafe = Carafe.start(JVM, home, arguments.toArray(String[]::new))) {
            HttpResponse<String> answer = Carafe.client()
                    .send(Carafe.completion(carafe.ready(), TOKENS, false), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            int tokens = new ObjectMapper()
                    .readTree(answer.body())
                    .at("/usage/total_tokens")
                    .asInt();
            assertThat(tokens).isGreaterThan(TOKENS);
            Thread.sleep(TRIM_MILLIS);
            return new Served(carafe.anonymousBytes(), tokens * LargeLlama.KV_TOKEN_BYTES);
        }
    }

    @Test
    void weightsAreUsedWhereTheirFileIsMapped() throws Exception {
        long weightBytes = LargeLlama.weightBytes();
        assertThat(weightBytes).isBetween(300_000_000L, 340_000_000L);
        Served tiny = serve(DemoCheckpoint.extractTo(home.resolve("tiny")));
        Path safetensors = LargeLlama.safetensors(home.resolve("large"));
        Path gguf = LargeLlama.gguf(home.resolve("large.gguf"));

        for (Path checkpoint : List.of(safetensors, gguf)) {
            Served large = serve(checkpoint);
            assertThat(large.anonymousBytes() - tiny.anonymousBytes())
                    .as("beside %s, which the kernel can drop", checkpoint.getFileName())
                    .isLessThan((long) (SHARE_MAX * (weightBytes + large.kvBytes())));
        }
        Files.delete(gguf);

        // The same figure tells a copy from a mapping.
        Served copied = serve(safetensors, "--dtype", "int8");
        assertThat(copied.anonymousBytes() - tiny.anonymousBytes()).isGreaterThan((long) (0.3 * weightBytes));
    }
}
