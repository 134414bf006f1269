package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carafe serve} as users see it: its one line, its port, its signals. */
final class ServeProcessTest {
    @TempDir
    private Path home;

    @Test
    void oneLineOnStdoutSaysWhereAndWhatItServes() throws Exception {
        try (Carafe carafe = Carafe.serve(home, "--served-name", "my model")) {
            String line = carafe.line();
            assertThat(line).matches("ready: http://127\\.0\\.0\\.1:[1-9]\\d*/v1 model=my model");
            URI base = URI.create(line.substring("ready: ".length(), line.indexOf(" model=")) + "/");
            assertThat(Carafe.get(base.resolve("models")).body()).contains("\"my model\"");
            assertThat(Carafe.get(base.resolve("/ready")).statusCode()).isEqualTo(200);

            carafe.signal("TERM");

            assertThat(carafe.exit()).isZero();
            assertThat(carafe.line()).isNull();
            assertThat(carafe.errors()).contains("curl http://127.0.0.1").doesNotContain("Exception");
        }
    }

    @Test
    void sigtermLetsRunningRequestsFinishAndRefusesNewOnes() throws Exception {
        try (Carafe carafe = Carafe.serve(home, "--synthetic-rate", "20")) {
            URI base = carafe.ready();
            CompletableFuture<HttpResponse<Stream<String>>> running =
                    Carafe.client().sendAsync(Carafe.completion(base, 120, true), HttpResponse.BodyHandlers.ofLines());
            HttpResponse<Stream<String>> stream = running.get();
            var lines = stream.body().iterator();
            assertThat(lines.next()).startsWith("data: ");

            carafe.signal("TERM");
            HttpResponse<String> refused;
            do {
                refused = Carafe.client().send(Carafe.completion(base, 1, false), HttpResponse.BodyHandlers.ofString());
            } while (refused.statusCode() == 200);

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(Carafe.get(base.resolve("/ready")).statusCode()).isEqualTo(503);
            String last = "";
            while (lines.hasNext()) {
                String line = lines.next();
                last = line.isEmpty() ? last : line;
            }
            assertThat(last).isEqualTo("data: [DONE]");
            assertThat(carafe.exit()).isZero();
        }
    }

    @Test
    void whatStillRunsWhenTheDrainTimeoutEndsIsCutOffAndTheExitCodeIsZero() throws Exception {
        try (Carafe carafe = Carafe.serve(home, "--synthetic-rate", "5", "--drain-timeout", "300ms")) {
            URI base = carafe.ready();
            HttpResponse<Stream<String>> stream =
                    Carafe.client().send(Carafe.completion(base, 4000, true), HttpResponse.BodyHandlers.ofLines());
            assertThat(stream.statusCode()).isEqualTo(200);

            carafe.signal("TERM");

            assertThat(carafe.exit()).isZero();
            assertThat(carafe.errors()).contains("are cancelled");
        }
    }

    @Test
    void sigintDrainsOnceAndEndsAtOnceTheSecondTime() throws Exception {
        try (Carafe carafe = Carafe.serve(home, "--synthetic-rate", "5")) {
            URI base = carafe.ready();
            HttpResponse<Stream<String>> stream =
                    Carafe.client().send(Carafe.completion(base, 4000, true), HttpResponse.BodyHandlers.ofLines());
            assertThat(stream.statusCode()).isEqualTo(200);

            carafe.signal("INT");
            carafe.awaitErrors("draining");
            carafe.signal("INT");

            assertThat(carafe.exit()).isEqualTo(130);
        }
    }

    /** Free, and below those that systems give out themselves: between two binds nobody else gets it by chance. */
    private static int portOfNobody() throws IOException {
        for (int i = 0; i < 100; i++) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                // Another's.
            }
        }
        throw new IOException("no port between 15000 and 30000 is free");
    }

    @Test
    void aProcessThatWasKilledStartsAgainOnTheSamePort() throws Exception {
        int port = portOfNobody();
        try (Carafe carafe = Carafe.serve(home, "--port", Integer.toString(port))) {
            URI base = carafe.ready();
            assertThat(Carafe.get(base.resolve("models")).statusCode()).isEqualTo(200);
            carafe.signal("KILL");
            assertThat(carafe.exit()).isEqualTo(137);
        }
        try (Carafe again = Carafe.serve(home, "--port", Integer.toString(port))) {
            assertThat(again.ready().getPort()).isEqualTo(port);
        }
    }

    @Test
    void aConfigurationFileSetsWhatNoFlagSays() throws Exception {
        Path file =
                Files.writeString(home.resolve("carafe.yaml"), "served-name: from-file\nrunner: synthetic\nport: 0\n");
        try (Carafe carafe = Carafe.start(home, "serve", "--config", file.toString())) {
            assertThat(carafe.line()).endsWith(" model=from-file");
        }
        try (Carafe carafe = Carafe.start(home, "serve", "--config", file.toString(), "--served-name", "from-flag")) {
            assertThat(carafe.line()).endsWith(" model=from-flag");
        }
    }

    @Test
    void withoutAHubTheDemoIsServedAndSaysThatItIsNoise() throws IOException, InterruptedException {
        try (Carafe carafe = Carafe.start(
                home, "serve", "--port", "0", "--device", "cpu", "--max-seqs", "2", "--kv-memory", "64MiB")) {
            URI base = carafe.ready();
            assertThat(carafe.errors())
                    .contains("the hub at http://127.0.0.1:9 can't be reached")
                    .contains("its answers are noise");

            HttpResponse<String> answer =
                    Carafe.client().send(Carafe.completion(base, 4, false), HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"completion_tokens\":4");
            // No library's chatter, such as a GPU that DJL looks for and does not find.
            String firstKey = "carafe: management key for /admin/v1, shown this once: sk-admin-[A-Za-z0-9]{43}";
            assertThat(carafe.errors().lines().filter(line -> line.matches(firstKey)))
                    .hasSize(1);
            assertThat(carafe.errors().lines().filter(line -> !line.matches(firstKey)))
                    .allMatch(line -> line.matches(
                            "[\\d:.]{12} (INFO |WARN ) (ModelSource|ModelStart|ServerProcess): .*|load: .*"));
        }
    }

    @Test
    void howMuchIsLoggedIsAFlag() throws Exception {
        try (Carafe carafe = Carafe.serve(home, "--log-level", "debug")) {
            Carafe.get(carafe.ready().resolve("models"));
            carafe.awaitErrors("/v1/models 200");
        }
        try (Carafe carafe = Carafe.serve(home, "--log-level", "error")) {
            assertThat(Carafe.get(carafe.ready().resolve("models")).statusCode())
                    .isEqualTo(200);
            carafe.signal("TERM");
            assertThat(carafe.exit()).isZero();
            assertThat(carafe.errors()).isEmpty();
        }
    }
}
