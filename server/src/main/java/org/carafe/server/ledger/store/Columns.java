package org.carafe.server.ledger.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.Worded;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** How values look in columns: instants as milliseconds, lists and maps as JSON, nothing as null. */
final class Columns {
    /** The names that the columns of limits have in every table. */
    static final String LIMITS =
            "requests_per_minute, tokens_per_minute, requests_per_day, tokens_per_day, concurrent_max";

    static final String LIMIT_VALUES =
            ":requestsPerMinute, :tokensPerMinute, :requestsPerDay, :tokensPerDay, :concurrentMax";
    static final String LIMIT_CHANGES =
            "requests_per_minute = :requestsPerMinute, tokens_per_minute = :tokensPerMinute,"
                    + " requests_per_day = :requestsPerDay, tokens_per_day = :tokensPerDay, concurrent_max = :concurrentMax";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Columns() {}

    static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        Long millis = number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    static <E extends Enum<E> & Worded> E constant(ResultSet row, String column, Class<E> type) throws SQLException {
        return Enum.valueOf(type, row.getString(column).toUpperCase(Locale.ROOT));
    }

    /** @param prefix of the columns' names, such as {@code plan_} */
    static Limits limits(ResultSet row, String prefix) throws SQLException {
        return new Limits(
                number(row, prefix + "requests_per_minute"),
                number(row, prefix + "tokens_per_minute"),
                number(row, prefix + "requests_per_day"),
                number(row, prefix + "tokens_per_day"),
                number(row, prefix + "concurrent_max"));
    }

    static <S extends SqlStatement<S>> S bind(S statement, Limits limits) {
        return statement
                .bind("requestsPerMinute", limits.requestsPerMinute())
                .bind("tokensPerMinute", limits.tokensPerMinute())
                .bind("requestsPerDay", limits.requestsPerDay())
                .bind("tokensPerDay", limits.tokensPerDay())
                .bind("concurrentMax", limits.concurrentMax());
    }

    static @Nullable String json(@Nullable List<String> list) {
        return list == null ? null : write(list);
    }

    static @Nullable String json(Map<String, ?> map) {
        return map.isEmpty() ? null : write(map);
    }

    static @Nullable List<String> strings(@Nullable String json) {
        return json == null ? null : List.copyOf(read(json, new TypeReference<List<String>>() {}));
    }

    static Map<String, String> texts(@Nullable String json) {
        return json == null ? Map.of() : read(json, new TypeReference<>() {});
    }

    static Map<String, Object> anything(@Nullable String json) {
        return json == null ? Map.of() : read(json, new TypeReference<>() {});
    }

    static Map<String, Number> numbers(@Nullable String json) {
        return json == null ? Map.of() : read(json, new TypeReference<>() {});
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + value.getClass(), e);
        }
    }

    private static <T> T read(String json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON column of the ledger holds no JSON", e);
        }
    }
}
