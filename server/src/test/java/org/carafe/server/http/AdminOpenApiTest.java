package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.carafe.server.adminapi.AdminRoute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin API's document says what it does: its routes, and the fields that it takes. */
final class AdminOpenApiTest {
    private static final OpenApiDocument DOCUMENT = OpenApiDocument.of("admin-openapi.json");

    @TempDir
    private Path data;

    @Test
    void everyRouteIsDescribedAndNoOther() {
        DOCUMENT.describes(Arrays.stream(AdminRoute.values())
                .map(route -> route.method() + " " + OpenApiDocument.path(route.path())));
    }

    @Test
    void everyReferenceIsThere() {
        DOCUMENT.isWhole();
    }

    /** A field or parameter that the document names is known: its value may be refused, its name may not. */
    @Test
    void everyDescribedNameIsKnownAndNoOther() {
        JsonNode document = DOCUMENT.json();
        try (AdminServer admin = new AdminServer(data)) {
            document.path("paths")
                    .properties()
                    .forEach(path -> path.getValue().properties().forEach(operation -> {
                        String method = operation.getKey().toUpperCase(Locale.ROOT);
                        String at =
                                path.getKey().substring("/admin/v1/".length()).replaceAll("\\{[a-z]+}", "none");
                        String schema = operation
                                .getValue()
                                .at("/requestBody/content/application~1json/schema/$ref")
                                .asText();
                        if (!schema.isEmpty()) {
                            document.at(schema.substring(1))
                                    .path("properties")
                                    .fieldNames()
                                    .forEachRemaining(field -> assertThat(
                                                    unknown(admin.ask(method, at, "{\"" + field + "\":[[]]}")))
                                            .as(method + " " + at + " " + field)
                                            .isFalse());
                        }
                        operation.getValue().path("parameters").forEach(parameter -> {
                            if (parameter.path("in").asText().equals("query")) {
                                String query = at + "?" + parameter.path("name").asText() + "=1";
                                assertThat(unknown(admin.get(query))).as(query).isFalse();
                            }
                        });
                    }));
            assertThat(unknown(admin.post("accounts", "{\"name\":\"a\",\"colour\":1}")))
                    .isTrue();
            assertThat(unknown(admin.get("accounts?colour=1"))).isTrue();
            assertThat(admin.server.get("/admin/v1/openapi.json").json()).isEqualTo(document);
        }
    }

    private static boolean unknown(TestServer.Answered answered) {
        return answered.error().path("code").asText().equals("unknown_parameter");
    }
}
