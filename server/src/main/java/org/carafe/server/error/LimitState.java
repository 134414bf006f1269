package org.carafe.server.error;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A limit that refused a request, for error styles that show it.
 *
 * @param limit in what the limit counts: credits, requests, tokens
 * @param used of it
 * @param resetAt when it starts afresh; null: never by itself
 */
public record LimitState(
        BigDecimal limit, BigDecimal used, @Nullable Instant resetAt) {}
