package org.carafe.server.auth;

/**
 * A key as the request carried it.
 *
 * @param secret the key; never logged
 * @param source where it stood
 */
public record Credential(String secret, Source source) {
    /** Where a request may carry its key, in the order they are looked at. */
    public enum Source {
        /** {@code Authorization: Bearer KEY}. */
        BEARER,
        /** {@code X-API-Key: KEY}. */
        HEADER,
        /** {@code ?api_key=KEY}; can be switched off. */
        QUERY
    }

    /** Without the key: a credential may end up in a log by accident. */
    @Override
    public String toString() {
        return "Credential[" + source + "]";
    }
}
