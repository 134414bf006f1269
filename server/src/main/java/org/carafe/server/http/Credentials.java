package org.carafe.server.http;

import io.javalin.http.Context;
import org.carafe.server.auth.Credential;
import org.carafe.server.auth.Credential.Source;
import org.jspecify.annotations.Nullable;

/** Finds the key in a request. */
final class Credentials {
    private static final String BEARER = "Bearer ";
    private static final int KEY_CHARS_MAX = 4096;

    private Credentials() {}

    static @Nullable Credential find(Context request, boolean inQuery) {
        String authorization = request.header("Authorization");
        if (authorization != null) {
            // Another scheme is a key that is wrong, not one that is missing: it must not fall through to the next
            // place.
            boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
            return credential(bearer ? authorization.substring(BEARER.length()).strip() : "", Source.BEARER);
        }
        String header = request.header("X-API-Key");
        if (header != null) {
            return credential(header.strip(), Source.HEADER);
        }
        String query = inQuery ? request.queryParam("api_key") : null;
        return query == null ? null : credential(query, Source.QUERY);
    }

    private static Credential credential(String secret, Source source) {
        return new Credential(secret.length() > KEY_CHARS_MAX ? "" : secret, source);
    }
}
