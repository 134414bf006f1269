package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.auth.Authenticator;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.requestlog.RequestLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the request log and the metrics say of requests. */
final class RequestLogRoutesTest {
    private static final String KEY = "sk-abcdefgh" + "Z9".repeat(17) + "x";
    private static final Authenticator KEYS = credential -> {
        if (credential == null || !credential.secret().equals(KEY)) {
            throw new ApiException(ErrorKind.INVALID_API_KEY, "The API key given is not valid.");
        }
        return new Principal("acme", "key_1", null);
    };

    @TempDir
    Path folder;

    /** Runs {@code requests} against a server and reads its log. */
    private List<JsonNode> logged(boolean withTexts, Requests requests) throws IOException {
        Path file = folder.resolve("requests.jsonl");
        try (RequestLog log = RequestLog.to(file);
                TestServer server = TestServer.with().authenticator(KEYS).start()) {
            server.server().logTo(log, withTexts);
            requests.run(server);
        }
        return Files.readAllLines(file).stream().map(TestServer::parse).toList();
    }

    private interface Requests {
        void run(TestServer server);
    }

    private static TestServer.Answered chat(TestServer server, String more) {
        return server.send(server.request("/v1/chat/completions?api_key=" + KEY)
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "mine-1")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(TestServer.chatBody(more)))
                .build());
    }

    @Test
    void aRequestIsOneLineWithWhatItUsedAndNeitherKeyNorPrompt() throws IOException {
        List<JsonNode> lines = logged(
                false,
                server -> assertThat(chat(server, ",\"max_tokens\":7,\"ignore_eos\":true")
                                .status())
                        .isEqualTo(200));
        assertThat(lines).hasSize(1);
        JsonNode line = lines.getFirst();
        assertThat(line.path("request_id").textValue()).isEqualTo("mine-1");
        assertThat(line.path("account").textValue()).isEqualTo("acme");
        assertThat(line.path("key").textValue()).isEqualTo("key_1");
        assertThat(line.path("key_prefix").textValue()).isEqualTo("sk-abcdefgh");
        assertThat(line.path("route").textValue()).isEqualTo("/v1/chat/completions");
        assertThat(line.path("model").textValue()).isEqualTo(TestServer.MODEL);
        assertThat(line.path("completion_tokens").intValue()).isEqualTo(7);
        assertThat(line.path("prompt_tokens").intValue()).isPositive();
        assertThat(line.path("first_token_ms").doubleValue())
                .isPositive()
                .isLessThanOrEqualTo(line.path("total_ms").doubleValue());
        assertThat(Files.readString(folder.resolve("requests.jsonl")))
                .doesNotContain(KEY)
                .doesNotContain("Z9Z9")
                .doesNotContain("Say something");
    }

    @Test
    void refusedUnmatchedAndUnauthenticatedRequestsAreLinesToo() throws IOException {
        List<JsonNode> lines = logged(false, server -> {
            chat(server, ",\"max_tokens\":0");
            server.chat("");
            server.get("/v1/nothing?api_key=" + KEY);
        });
        assertThat(lines)
                .extracting(line -> line.path("status").intValue()
                        + " " + line.path("error").textValue() + " "
                        + line.path("account").textValue() + " "
                        + line.path("route").textValue())
                .containsExactly(
                        "400 invalid_value acme /v1/chat/completions",
                        "401 invalid_api_key null /v1/chat/completions",
                        "404 not_found null unmatched");
    }

    @Test
    void probesAreNoLines() throws IOException {
        List<JsonNode> lines = logged(false, server -> {
            server.get("/health");
            server.get("/metrics");
            server.get("/v1/models?api_key=" + KEY);
        });
        assertThat(lines).extracting(line -> line.path("route").textValue()).containsExactly("/v1/models");
    }

    @Test
    void promptsAndAnswersAreThereWhenAskedForStreamedOrNot() throws IOException {
        List<JsonNode> lines = logged(true, server -> {
            String more = ",\"max_tokens\":9,\"ignore_eos\":true,\"seed\":1,\"n\":2";
            chat(server, more);
            chat(server, more + ",\"stream\":true");
        });
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).path("prompt").textValue()).contains("Say something.");
        assertThat(lines.get(0).path("answers")).hasSize(2);
        assertThat(lines.get(0).path("answers").path(1).textValue()).isNotEmpty();
        assertThat(lines.get(1).path("answers")).isEqualTo(lines.get(0).path("answers"));
        assertThat(lines.get(1).path("streamed").booleanValue()).isTrue();
    }

    @Test
    void whatAnAccountUsesIsCounted() throws IOException {
        logged(false, server -> {
            chat(server, ",\"max_tokens\":7,\"ignore_eos\":true");
            chat(server, ",\"max_tokens\":7,\"ignore_eos\":true,\"stream\":true");
            String metrics = server.get("/metrics").body();
            String labels = "account=\"acme\",";
            assertThat(metrics)
                    .contains("carafe_account_requests_total{" + labels + "model=\"" + TestServer.MODEL + "\"} 2.0")
                    .contains("carafe_account_tokens_total{" + labels + "kind=\"completion\",model=\""
                            + TestServer.MODEL + "\"} 14.0");
        });
    }
}
