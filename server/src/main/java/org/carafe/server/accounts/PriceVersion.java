package org.carafe.server.accounts;

import java.time.Instant;

/**
 * One version of a model's price; versions never change.
 *
 * @param promptMicros micro-credits for a million prompt tokens that were computed
 * @param cachedMicros for a million that were taken from the prefix cache
 * @param completionMicros for a million generated
 */
public record PriceVersion(
        long id,
        String model,
        int version,
        long promptMicros,
        long cachedMicros,
        long completionMicros,
        Instant since) {}
