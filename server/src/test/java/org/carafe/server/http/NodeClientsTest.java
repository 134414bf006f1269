package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official {@code openai} package and the Vercel AI SDK, in node, against the server: {@code src/test/sdk/*.test.mjs}. Needs npm and
 * the node that {@code package.json} asks for there, 20: the Vercel SDK's packages ask for it. openai's asks for 22 and works with 20.
 */
class NodeClientsTest {
    private static final Path SDK = Path.of("src", "test", "sdk").toAbsolutePath();

    @BeforeAll
    static void installPackages() throws Exception {
        Path installed = SDK.resolve("node_modules").resolve(".package-lock.json");
        Path wanted = SDK.resolve("package-lock.json");
        if (!Files.exists(installed)
                || Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) < 0) {
            run(Map.of(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }
    }

    @Test
    void theOpenAiPackageWorks() throws Exception {
        runSuite("openai.test.mjs");
    }

    @Test
    void theVercelAiSdkWorks() throws Exception {
        runSuite("vercel.test.mjs");
    }

    private static void runSuite(String file) throws Exception {
        try (TestServer server = ClientServer.start()) {
            run(
                    Map.of(
                            "BASE_URL",
                            server.url() + "/v1",
                            "API_KEY",
                            ClientServer.KEY,
                            "MODEL",
                            TestServer.MODEL,
                            "ENDLESS_TOKENS",
                            Integer.toString(ClientServer.ENDLESS_TOKENS)),
                    "node",
                    "--test",
                    file);
            // Each suite cancels requests that would have gone on for longer than this test waits.
            ClientServer.assertCancelled(server);
        }
    }

    private static void run(Map<String, String> environment, String... command) throws Exception {
        Path output = Files.createTempFile("node", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(SDK.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(180, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            assertThat(ended && process.exitValue() == 0)
                    .withFailMessage(() -> List.of(command) + " failed:\n" + read(output))
                    .isTrue();
        } finally {
            Files.delete(output);
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
