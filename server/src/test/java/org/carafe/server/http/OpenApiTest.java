package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.carafe.server.channels.ChannelParser;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.RequestParser;
import org.carafe.server.simple.SimpleParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document says what the server does: its routes, the fields it takes, the pages that show it. */
class OpenApiTest {
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.of("openapi.json");

    @Test
    void everyRouteIsDescribedAndNoOther() {
        DOCUMENT.describes(
                Arrays.stream(Routes.values()).map(route -> route.method() + " " + OpenApiDocument.path(route.path())));
    }

    @Test
    void routesWithoutAKeyAreDescribedSo() {
        for (Routes route : Routes.values()) {
            JsonNode operation = DOCUMENT.json()
                    .path("paths")
                    .path(OpenApiDocument.path(route.path()))
                    .path(route.method().toLowerCase(Locale.ROOT));
            boolean free = operation.path("security").isArray()
                    && operation.path("security").isEmpty();
            assertThat(free).as(route.path()).isEqualTo(!route.keyed());
        }
    }

    /** What every keyed route does before it does its own: who is asking, whether they may, whether anything works. */
    @Test
    void everyRefusalThatComesBeforeTheAnswerIsDescribed() {
        for (Routes route : Routes.values()) {
            if (route.metering() != Metering.METERED && route.metering() != Metering.COUNTED) {
                continue;
            }
            JsonNode responses = responses(route);
            // A channel tells of nothing that is wrong on our side.
            for (String status : List.of("401", "403", "429", route.isChannel() ? "500" : "503")) {
                assertThat(responses.has(status)).as(route + " " + status).isTrue();
            }
            if (route.metering() == Metering.METERED && !route.isChannel()) {
                assertThat(responses.has("402")).as(route + " 402").isTrue();
            }
            assertThat(responses.at("/403/description").textValue())
                    .as(route.toString())
                    .contains("address_not_allowed");
        }
    }

    private static JsonNode responses(Routes route) {
        return DOCUMENT.json()
                .path("paths")
                .path(OpenApiDocument.path(route.path()))
                .path(route.method().toLowerCase(Locale.ROOT))
                .path("responses");
    }

    @Test
    void everyReferenceIsThere() {
        DOCUMENT.isWhole();
    }

    /** A field that the document names is known to the parser: a wrong value may be refused, the name may not. */
    @ParameterizedTest
    @CsvSource({
        "ChatCompletionRequest",
        "CompletionRequest",
        "TokenizeRequest",
        "DetokenizeRequest",
        "SimpleChatRequest",
        "ChannelRequest"
    })
    void everyDescribedFieldIsKnown(String schema) {
        RequestParser parser = new RequestParser(false);
        DOCUMENT.json()
                .path("components")
                .path("schemas")
                .path(schema)
                .path("properties")
                .fieldNames()
                .forEachRemaining(field -> {
                    try {
                        parse(parser, schema, body(schema, field));
                    } catch (ApiException e) {
                        assertThat(e.kind()).as(field + ": " + e.getMessage()).isNotEqualTo(ErrorKind.UNKNOWN_FIELD);
                    }
                });
    }

    /** Numeric limits in the document are the parser's: just outside is refused by name. */
    @ParameterizedTest
    @CsvSource({"ChatCompletionRequest", "CompletionRequest"})
    void describedRangesAreTheParsers(String schema) {
        RequestParser parser = new RequestParser(false);
        DOCUMENT.json()
                .path("components")
                .path("schemas")
                .path(schema)
                .path("properties")
                .properties()
                .forEach(field -> {
                    for (String bound : new String[] {"minimum", "maximum"}) {
                        JsonNode limit = field.getValue().path(bound);
                        if (limit.isNumber()) {
                            double outside = limit.doubleValue() + (bound.equals("minimum") ? -1 : 1);
                            String value =
                                    field.getValue().path("type").asText().equals("integer")
                                            ? Long.toString((long) outside)
                                            : Double.toString(outside);
                            assertThat(refused(parser, schema, field.getKey(), value))
                                    .as(field.getKey() + " " + value)
                                    .isTrue();
                        }
                    }
                });
    }

    private static boolean refused(RequestParser parser, String schema, String field, String value) {
        try {
            parse(parser, schema, body(schema, "").replaceFirst("}$", ",\"" + field + "\":" + value + "}"));
            return false;
        } catch (ApiException e) {
            return field.equals(e.param());
        }
    }

    private static String body(String schema, String withNull) {
        String least = switch (schema) {
            case "ChatCompletionRequest" -> "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
            case "CompletionRequest" -> "{\"model\":\"m\",\"prompt\":\"x\"}";
            case "SimpleChatRequest" -> "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
            case "ChannelRequest" -> "{\"message\":\"x\",\"sessionId\":\"s\"}";
            case "TokenizeRequest" -> "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
            default -> "{\"tokens\":[1]}";
        };
        return withNull.isEmpty() || least.contains("\"" + withNull + "\"")
                ? least
                : least.replaceFirst("}$", ",\"" + withNull + "\":null}");
    }

    private static void parse(RequestParser parser, String schema, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        switch (schema) {
            case "ChatCompletionRequest" -> parser.chat(bytes);
            case "CompletionRequest" -> parser.completion(bytes);
            case "SimpleChatRequest" -> new SimpleParser(false).parse(bytes);
            case "ChannelRequest" -> new ChannelParser(false).parse(bytes);
            case "TokenizeRequest" -> parser.tokenize(bytes);
            default -> parser.detokenize(bytes);
        }
    }

    @Test
    void thePagesAreServedWithoutAnythingFromElsewhere() {
        try (TestServer server = TestServer.start()) {
            for (String page : List.of("/", "/docs")) {
                TestServer.Answered answer = server.get(page);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
                assertThat(answer.body()).doesNotContain("http://", "https://").contains("</html>");
            }
            assertThat(server.get("/openapi.json").json().path("openapi").asText())
                    .isEqualTo("3.1.0");
        }
    }
}
