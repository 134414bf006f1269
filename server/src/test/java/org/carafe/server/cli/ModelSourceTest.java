package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.server.config.Environment;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks whose proxy answers in the hub's place: a refusal, a login, a page of its own. */
final class ModelSourceTest {
    @TempDir
    private Path cache;

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 403, 404, 407, 451, 511})
    void aProxyThatAnswersInTheHubsPlaceLeavesTheDemoToServe(int status) throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            try (exchange) {
                byte[] page = "<html>Please sign in to the network.</html>".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        proxy.start();
        try {
            URI hub = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
            ModelSource source = new ModelSource(new Environment(hub, null, cache));

            ModelSource.Found found = source.find(null, true);

            assertThat(found.name()).isEqualTo(DemoCheckpoint.NAME);
            assertThat(found.path().resolve("model.safetensors")).isNotEmptyFile();
            assertThatThrownBy(() -> source.find("org/asked-for", true))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("--model org/asked-for: no such directory, and not from the hub: ");
        } finally {
            proxy.stop(0);
        }
    }
}
