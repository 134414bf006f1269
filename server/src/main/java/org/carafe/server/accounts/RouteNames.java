package org.carafe.server.accounts;

import java.util.List;
import java.util.stream.Stream;

/** The routes that a key's list may name; a test in {@code http} compares them with those that the server has. */
public final class RouteNames {
    private static final String DOCUMENTS = "/v1/documents";
    private static final String METRICS = "/metrics";

    private static final List<String> INFERENCE = List.of(
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/embeddings",
            "/v1/chat",
            "/v1/usage",
            DOCUMENTS,
            "/v1/models",
            "/tokenize",
            "/detokenize",
            METRICS);

    private static final List<String> CHANNEL = List.of("/v1/channels/chat", "/v1/channels/history");

    private static final List<String> MANAGEMENT = Stream.concat(
                    Stream.of(DOCUMENTS, METRICS),
                    Stream.of(
                                    "accounts",
                                    "accounts/{name}",
                                    "accounts/{name}/disable",
                                    "accounts/{name}/enable",
                                    "accounts/{name}/top-ups",
                                    "accounts/{name}/adjustments",
                                    "accounts/{name}/statement",
                                    "accounts/{name}/keys",
                                    "keys/{id}",
                                    "keys/{id}/revoke",
                                    "keys/{id}/rotate",
                                    "management-keys",
                                    "transactions/{id}/reversal",
                                    "plans",
                                    "plans/{name}",
                                    "prices",
                                    "prices/{model}",
                                    "assistants",
                                    "assistants/{name}",
                                    "channels",
                                    "channels/{id}",
                                    "channels/{id}/disable",
                                    "channels/{id}/enable",
                                    "channels/{id}/rotate-key",
                                    "webhooks",
                                    "webhooks/{id}",
                                    "webhooks/{id}/deliveries",
                                    "usage",
                                    "audit")
                            .map(path -> "/admin/v1/" + path))
            .toList();

    private RouteNames() {}

    /** Those that keys of a kind are for. */
    public static List<String> of(KeyKind kind) {
        return switch (kind) {
            case INFERENCE -> INFERENCE;
            case CHANNEL -> CHANNEL;
            case MANAGEMENT -> MANAGEMENT;
        };
    }

    /**
     * Whether a key without a list may call it, too. An assistant's documents are changed by administrators and by keys that are for it; so
     * are the metrics read, which tell of every account.
     */
    public static boolean isOpenToAll(KeyKind kind, String route) {
        return kind != KeyKind.INFERENCE || !(route.equals(DOCUMENTS) || route.equals(METRICS));
    }
}
