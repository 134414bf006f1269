package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.server.auth.ApiKeyFile;

/** A server behind a key, at the pace of a small model, for the tests with other people's clients. */
final class ClientServer {
    static final String KEY = "sk-client-tests-key";

    /** Of a request that is to be cancelled: 80 seconds' worth, longer than any test waits. */
    static final int ENDLESS_TOKENS = 40_000;

    private ClientServer() {}

    static TestServer start() throws IOException {
        Path keys = Files.createTempFile("keys", ".txt");
        try {
            Files.writeString(keys, KEY + "\n");
            return TestServer.with()
                    .authenticator(ApiKeyFile.read(keys))
                    .stepMicros(2_000)
                    .contextTokensMax(ENDLESS_TOKENS + 1_000)
                    .start();
        } finally {
            Files.delete(keys);
        }
    }

    /** Nothing runs any more, and that is not because a request came to its end. */
    static void assertCancelled(TestServer server) {
        TestServer.eventually("its blocks are free", server::isIdle);
        assertThat(server.engine().stats().generatedTokens()).isLessThan(ENDLESS_TOKENS / 2);
    }
}
