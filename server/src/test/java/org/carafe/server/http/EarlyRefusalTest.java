package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is refused before the body has arrived is told that the connection ends; who has sent it all keeps the connection. */
final class EarlyRefusalTest {
    @ParameterizedTest
    @CsvSource({"POST,/v1/nothing,404", "PUT,/v1/chat/completions,405", "POST,/v1/files/x,404"})
    void aRefusalThatDoesNotWaitForTheBodyAnnouncesTheEnd(String method, String path, int status) throws Exception {
        try (TestServer server = TestServer.start();
                RawClient client = new RawClient(server)) {
            String head = client.send(
                            method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 2\r\n\r\n")
                    .readUntil("\r\n\r\n");

            assertThat(head).startsWith("HTTP/1.1 " + status).containsIgnoringCase("\r\nConnection: close\r\n");
        }
    }

    @Test
    void aRefusalAfterTheBodyLeavesTheConnectionOpen() throws Exception {
        try (TestServer server = TestServer.start();
                RawClient client = new RawClient(server)) {
            for (int i = 0; i < 2; i++) {
                String head = client.send(RawClient.post("/v1/chat/completions", "{}"))
                        .readUntil("\r\n\r\n");

                assertThat(head).startsWith("HTTP/1.1 400").doesNotContainIgnoringCase("\r\nConnection: close");
                client.readUntil("}}");
            }
        }
    }
}
