package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** An OpenAPI document that the server shows, and what holds of each. */
record OpenApiDocument(JsonNode json) {
    static OpenApiDocument of(String resource) {
        try (var in = DocumentRoutes.class.getResourceAsStream(resource)) {
            return new OpenApiDocument(TestServer.JSON.readTree(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A path of a route, as documents write it. */
    static String path(String route) {
        return route.replace('<', '{').replace('>', '}');
    }

    /** Each of these, a method and a path, is described, and no other. */
    void describes(Stream<String> routes) {
        List<String> described = new ArrayList<>();
        json.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(described).containsExactlyInAnyOrderElementsOf(routes.toList());
    }

    /** What is referred to is there. */
    void isWhole() {
        for (JsonNode reference : json.findValues("$ref")) {
            assertThat(json.at(reference.textValue().substring(1)).isObject())
                    .as(reference.textValue())
                    .isTrue();
        }
    }
}
