package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.carafe.models.demo.DemoCheckpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model loads while the ledger is opened and the port is taken: what they refuse ends the process in order, whatever libtorch is at. */
final class RefusedStartTest {
    @TempDir
    private Path home;

    @Test
    void aLedgerThatIsNoneEndsTheStart() throws Exception {
        Path data = Files.createDirectory(home.resolve("data"));
        Files.writeString(
                data.resolve("carafe.db"), "This is not a database, but long enough to be taken for one.\n".repeat(40));

        assertRefused("carafe.db", "--data", data.toString());
    }

    @Test
    void aPortThatIsTakenEndsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertRefused(port, "--port", port);
        }
    }

    @Test
    void nobodyWaitsForTheLoadingToReadWhy() throws Exception {
        Path model = Files.createDirectory(home.resolve("model"));
        int made = new ProcessBuilder("mkfifo", model.resolve("config.json").toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(made).isZero();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Carafe carafe = Carafe.start(
                        home, "serve", "--model", model.toString(), "--port", Integer.toString(taken.getLocalPort()))) {
            carafe.awaitErrors("carafe: cannot listen on 127.0.0.1:" + taken.getLocalPort());

            assertThat(ProcessHandle.of(carafe.pid()).map(ProcessHandle::isAlive))
                    .as("still at the file that never comes")
                    .hasValue(true);
        }
    }

    private void assertRefused(String named, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 3];
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        command[0] = "serve";
        command[1] = "--model";
        command[2] = demo().toString();
        try (Carafe carafe = Carafe.start(List.of("-Xmx512m", "--add-modules=jdk.incubator.vector"), home, command)) {
            assertThat(carafe.line()).isNull();
            assertThat(carafe.exit()).isEqualTo(2);
            assertThat(carafe.errors().lines().filter(line -> line.startsWith("carafe: ")))
                    .singleElement()
                    .asString()
                    .contains(named);
        }
    }

    private Path demo() throws IOException {
        return DemoCheckpoint.extractTo(home.resolve("demo"));
    }
}
