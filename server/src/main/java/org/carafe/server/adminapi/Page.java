package org.carafe.server.adminapi;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor {@code after} of the next page; null: this was the last
 */
record Page<T>(List<T> data, @Nullable String nextCursor) {
    static <T> Page<T> of(List<T> rows, int limit, Function<T, String> cursor) {
        return new Page<>(rows, rows.size() < limit ? null : cursor.apply(rows.getLast()));
    }
}
