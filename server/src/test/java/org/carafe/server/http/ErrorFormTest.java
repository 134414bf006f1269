package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.Limits;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.error.LimitState;
import org.carafe.server.openai.FlatErrorEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each route's errors in its own form, and the flat ones of an account that chose them. */
final class ErrorFormTest {
    @TempDir
    Path data;

    @Test
    void aFlatErrorHasTheContractsBytes() {
        JsonBuffer out = new JsonBuffer();
        FlatErrorEncoder.encode(
                out,
                new ApiException(
                        ErrorKind.DAILY_LIMIT_REACHED,
                        "Daily credit limit reached",
                        null,
                        Map.of(),
                        new LimitState(
                                new BigDecimal("100.000000"),
                                new BigDecimal("1E+2"),
                                Instant.parse("2024-01-19T00:00:00Z"))));
        assertThat(new String(out.toBytes(), UTF_8))
                .isEqualTo(
                        "{\"error\":\"Rate limit exceeded\",\"message\":\"Daily credit limit reached\",\"limit\":100,"
                                + "\"used\":100,\"resetAt\":\"2024-01-19T00:00:00Z\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,OPENAI",
        "/v1/chat,SIMPLE",
        "/v1/chat/,SIMPLE",
        "/v1/usage,SIMPLE",
        "/v1/documents/doc_1,SIMPLE",
        "/v1/documentsx,OPENAI",
        "/v1/channels/chat,CHANNEL",
        "/v1/channels/nothing,CHANNEL",
        "/,OPENAI"
    })
    void aPathHasItsForm(String path, ErrorForm form) {
        assertThat(ErrorForm.of(path, null)).isEqualTo(form);
    }

    @ParameterizedTest
    @EnumSource(ErrorForm.class)
    void everyErrorHasAStatusInEveryForm(ErrorForm form) {
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(form.status(kind)).as(kind.name()).isBetween(400, 503);
            if (kind.category() == ErrorKind.Category.OURS) {
                assertThat(form.status(kind)).as(kind.name()).isGreaterThanOrEqualTo(500);
            }
        }
    }

    @Test
    void anAccountMayChooseFlatErrorsForTheOpenAiRoutes() {
        try (DialectServer server = DialectServer.start(data)) {
            AccountSettings settings =
                    new AccountSettings(null, ErrorStyle.FLAT, null, null, 0, Limits.NONE, null, 0, Map.of());
            server.ledger().account("flat", 1_000_000_000, settings);
            String key = server.ledger().key("flat", new Limits(1L, null, null, null, null));
            JsonNode invalid = server.post("/v1/chat/completions", key, "{}").json();
            assertThat(invalid.path("error").textValue()).isEqualTo("Invalid request");
            assertThat(invalid.path("message").textValue()).contains("model");
            String body = TestServer.chatBody(",\"max_tokens\":2");
            assertThat(server.post("/v1/chat/completions", key, body).status()).isEqualTo(200);
            TestServer.Answered limited = server.post("/v1/chat/completions", key, body);
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.json().path("error").textValue()).isEqualTo("Rate limit exceeded");
            assertThat(limited.header("Retry-After")).isNotEmpty();
            assertThat(server.post("/v1/chat/completions", "sk-wrong", body)
                            .error()
                            .path("code")
                            .textValue())
                    .as("whose key it is not known whose style to use")
                    .isEqualTo("invalid_api_key");
            assertThat(server.post("/v1/chat", key, "{}")
                            .error()
                            .path("request_id")
                            .textValue())
                    .as("other dialects keep their own")
                    .isNotEmpty();
        }
    }

    @Test
    void aLimitOfTheDayIsShownWithItsNumbers() {
        try (DialectServer server = DialectServer.start(data)) {
            AccountSettings settings =
                    new AccountSettings(null, ErrorStyle.FLAT, null, null, 0, Limits.NONE, null, 0, Map.of());
            server.ledger().account("flat", 1_000_000_000, settings);
            String key = server.ledger().key("flat", new Limits(100L, null, 1L, null, null));
            String body = TestServer.chatBody(",\"max_tokens\":2");
            server.post("/v1/chat/completions", key, body);
            JsonNode reached = server.post("/v1/chat/completions", key, body).json();
            assertThat(reached.path("limit").intValue()).isEqualTo(1);
            assertThat(reached.path("used").intValue()).isEqualTo(1);
            assertThat(reached.path("resetAt").textValue()).isEqualTo("2026-11-22T00:00:00Z");
            assertThat(reached.size()).isEqualTo(5);
        }
    }
}
