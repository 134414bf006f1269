package org.carafe.server.adminapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.carafe.server.admin.AdminJson;

/**
 * What goes back.
 *
 * @param headers beside the usual ones
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record AdminAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {
    private static final String JSON = "application/json";

    static AdminAnswer ok(Object answer) {
        return new AdminAnswer(200, JSON, AdminJson.bytes(answer), Map.of());
    }

    static AdminAnswer created(Object answer) {
        return new AdminAnswer(201, JSON, AdminJson.bytes(answer), Map.of());
    }

    static AdminAnswer csv(String text) {
        return new AdminAnswer(200, "text/csv; charset=utf-8; header=present", text.getBytes(UTF_8), Map.of());
    }

    /** With a header. */
    AdminAnswer with(String name, String value) {
        return new AdminAnswer(status, contentType, body, Map.of(name, value));
    }
}
