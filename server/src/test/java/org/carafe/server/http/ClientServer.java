package org.carafe.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.server.auth.ApiKeyFile;

/** A server behind a key, at the pace of a small model, for the tests with other people's clients. */
final class ClientServer {
    static final String KEY = "sk-client-tests-key";

    private ClientServer() {}

    static TestServer start() throws IOException {
        Path keys = Files.createTempFile("keys", ".txt");
        try {
            Files.writeString(keys, KEY + "\n");
            return TestServer.with()
                    .authenticator(ApiKeyFile.read(keys))
                    .stepMicros(2_000)
                    .start();
        } finally {
            Files.delete(keys);
        }
    }
}
