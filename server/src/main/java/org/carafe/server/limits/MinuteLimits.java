package org.carafe.server.limits;

import java.util.Map;
import org.carafe.server.auth.KeyGrant;

/**
 * The limits of a minute. A window begins with a key's or account's first request and lasts a minute; what it lets in is exactly the
 * limit. Thread-safe; called on the caller's virtual thread and may block (a database).
 *
 * <p>Every method throws {@link org.carafe.server.error.ApiException} {@code LEDGER_UNAVAILABLE} where the buckets cannot be reached.
 */
public interface MinuteLimits extends AutoCloseable {
    /**
     * Takes one request and its tokens from the key's and from the account's buckets, or nothing at all.
     *
     * @param tokens that it may use at most, prompt and answer
     * @throws org.carafe.server.error.ApiException {@code RATE_LIMIT_EXCEEDED} with {@code Retry-After} and the limit headers;
     *     {@code INVALID_VALUE} where no minute has room for so many tokens
     */
    Taken take(KeyGrant grant, long tokens);

    /**
     * Takes nothing: what a request asks before it waits or reads anything, which {@link #take} counts later.
     *
     * @throws org.carafe.server.error.ApiException {@code RATE_LIMIT_EXCEEDED} as {@link #take}: no request is left
     */
    void check(KeyGrant grant);

    /** How many tokens a request may take now; {@code Long.MAX_VALUE} where they are not limited. */
    long tokensLeft(KeyGrant grant);

    /** The limit headers of now, for a response to a request that took nothing. */
    Map<String, String> headers(KeyGrant grant);

    @Override
    void close();
}
