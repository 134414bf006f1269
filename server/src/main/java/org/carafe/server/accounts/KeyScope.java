package org.carafe.server.accounts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a key may be used; null: everywhere.
 *
 * @param models model ids
 * @param routes some of {@link RouteNames}, such as {@code /v1/chat/completions}; null: all but documents
 * @param origins of web pages, such as {@code https://example.com}
 * @param ipRanges CIDR ranges such as {@code 10.0.0.0/8}
 */
public record KeyScope(
        @Nullable List<String> models,
        @Nullable List<String> routes,
        @Nullable List<String> origins,
        @Nullable List<String> ipRanges) {
    /** No restriction. */
    public static final KeyScope ALL = new KeyScope(null, null, null, null);

    public KeyScope {
        models = copy(models);
        routes = copy(routes);
        origins = copy(origins);
        ipRanges = copy(ipRanges);
    }

    private static @Nullable List<String> copy(@Nullable List<String> list) {
        return list == null ? null : List.copyOf(list);
    }
}
