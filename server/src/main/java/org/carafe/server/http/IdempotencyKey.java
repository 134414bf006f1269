package org.carafe.server.http;

import io.javalin.http.Context;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** The header {@code Idempotency-Key}. */
final class IdempotencyKey {
    static final int CHARS_MAX = 255;

    private IdempotencyKey() {}

    /** Null where it was not sent; throws where it is no key. */
    static @Nullable String of(Context context) {
        String key = context.header("Idempotency-Key");
        if (key == null) {
            return null;
        }
        if (key.isEmpty() || key.length() > CHARS_MAX || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "The header Idempotency-Key must be 1 to " + CHARS_MAX + " visible ASCII characters.");
        }
        return key;
    }
}
