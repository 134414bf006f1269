package org.carafe.server.adminapi;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.Shown;
import org.carafe.server.openai.StrictJson;
import org.jspecify.annotations.Nullable;

/** What came with a request. Its body is read when it is asked for. Not thread-safe. */
public final class AdminRequest {
    /** Rows of a page where none are asked for. */
    private static final int LIMIT_DEFAULT = 100;

    private static final int LIMIT_MAX = 1000;
    private static final int QUERY_CHARS_MAX = 500;

    private final String actor;
    private final Function<String, String> path;
    private final Map<String, String> query;
    private final Headers headers;
    private final Supplier<byte[]> body;
    /** Parameters that were asked for; a key may stand in every query. */
    private final Set<String> known = new HashSet<>(Set.of("api_key"));

    /** Those that matter; null: not sent. */
    public record Headers(@Nullable String accept, @Nullable String idempotencyKey) {}

    /**
     * Of a management key that was let in.
     *
     * @param actor the key's public id
     * @param path parts of the path by name, decoded
     * @param query parameters, each once
     * @param body the whole body; empty where there is none
     */
    public AdminRequest(
            String actor,
            Function<String, String> path,
            Map<String, String> query,
            Headers headers,
            Supplier<byte[]> body) {
        this.actor = actor;
        this.path = path;
        this.query = Map.copyOf(query);
        this.headers = headers;
        this.body = body;
    }

    String actor() {
        return actor;
    }

    String path(String name) {
        return path.apply(name);
    }

    @Nullable
    String query(String name) {
        known.add(name);
        String value = query.get(name);
        if (value != null && value.length() > QUERY_CHARS_MAX) {
            throw Fields.invalid(name, "it has " + value.length() + " characters; the limit is " + QUERY_CHARS_MAX);
        }
        return value;
    }

    /** Where a page goes on; "" at the beginning. */
    String after() {
        String after = query("after");
        return after == null ? "" : after;
    }

    /** The same, for lists that begin with null. */
    @Nullable
    String afterOrNull() {
        return query("after");
    }

    int limit() {
        String text = query("limit");
        if (text == null) {
            return LIMIT_DEFAULT;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > LIMIT_MAX) {
            throw Fields.invalid("limit", Shown.text(text, 40) + " is not a number from 1 to " + LIMIT_MAX);
        }
        return Integer.parseInt(text);
    }

    /** A day such as {@code 2026-11-21}. */
    @Nullable
    LocalDate day(String name) {
        String text = query(name);
        if (text == null) {
            return null;
        }
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw Fields.invalid(name, Shown.text(text, 40) + " is not a day such as 2026-11-21");
        }
    }

    /** True if {@code ?format=csv} or the Accept header asks for CSV rather than JSON. */
    boolean wantsCsv() {
        String format = query("format");
        if (format != null) {
            if (!format.equals("csv") && !format.equals("json")) {
                throw Fields.invalid("format", Shown.text(format, 40) + " is neither json nor csv");
            }
            return format.equals("csv");
        }
        String accept = headers.accept();
        return accept != null && accept.contains("text/csv") && !accept.contains("application/json");
    }

    /** Names a thing that is to be done once, however often it is asked for. */
    @Nullable
    String idempotencyKey() {
        return headers.idempotencyKey();
    }

    /** The fields of the body; none where there is no body. */
    AdminFields body() {
        byte[] bytes = body.get();
        return AdminFields.of(StrictJson.object(bytes.length == 0 ? new byte[] {'{', '}'} : bytes));
    }

    /** Complains about a parameter that nobody asked for: a misspelt filter must not answer with everything. */
    void noMoreQuery() {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new ApiException(
                        ErrorKind.UNKNOWN_FIELD, "Unknown query parameter '" + Shown.text(name, 40) + "'.", null);
            }
        }
    }
}
