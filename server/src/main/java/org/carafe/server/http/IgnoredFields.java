package org.carafe.server.http;

import java.util.List;

/** Unknown fields that were let pass are not silently ignored: a header lists them. */
final class IgnoredFields {
    static final String HEADER = "X-Carafe-Ignored-Fields";

    private IgnoredFields() {}

    static void list(Exchange exchange, List<String> fields) {
        if (fields.isEmpty()) {
            return;
        }
        StringBuilder value = new StringBuilder();
        for (String field : fields) {
            if (!value.isEmpty()) {
                value.append(", ");
            }
            // Names are the caller's: only what is safe in a header.
            field.chars().map(c -> c > ' ' && c < 127 && c != ',' ? c : '?').forEach(c -> value.append((char) c));
        }
        exchange.response().setHeader(HEADER, value.toString());
    }
}
