package org.carafe.server.adminapi;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor {@code after} of the next page; null: this was the last
 */
record Page<T>(List<T> data, @Nullable String nextCursor) {
    /** As many rows as the request asks for; the next page begins after the last one's cursor. */
    static <T> Page<T> of(AdminRequest request, IntFunction<List<T>> rows, Function<T, String> cursor) {
        int limit = request.limit();
        List<T> data = rows.apply(limit);
        return new Page<>(data, data.size() < limit ? null : cursor.apply(data.getLast()));
    }

    /** A list that has no more pages. */
    static <T> Page<T> whole(List<T> rows) {
        return new Page<>(rows, null);
    }
}
