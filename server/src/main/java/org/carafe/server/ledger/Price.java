package org.carafe.server.ledger;

import java.math.BigInteger;

/**
 * One version of a model's price. Every charge records the version that it was made with.
 *
 * @param id row of the version; 0: no price was ever set, the model is free
 * @param promptMicros micro-credits for a million prompt tokens
 * @param cachedMicros micro-credits for a million prompt tokens that came from the prefix cache
 * @param completionMicros micro-credits for a million generated tokens
 */
public record Price(long id, long promptMicros, long cachedMicros, long completionMicros) {
    /** Of a model that has none. */
    public static final Price FREE = new Price(0, 0, 0, 0);

    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    /**
     * Micro-credits of what was used, rounded up once.
     *
     * @param cachedTokens of the prompt's tokens
     */
    public long costMicros(long promptTokens, long cachedTokens, long completionTokens) {
        long cached = Math.min(cachedTokens, promptTokens);
        long high = Math.max(Math.max(promptMicros, cachedMicros), completionMicros);
        long tokens = promptTokens + completionTokens;
        if (high == 0 || tokens == 0) {
            return 0;
        }
        if (tokens <= Long.MAX_VALUE / 2 / high) {
            long total = (promptTokens - cached) * promptMicros
                    + cached * cachedMicros
                    + completionTokens * completionMicros;
            return Math.ceilDiv(total, 1_000_000L);
        }
        BigInteger total = times(promptTokens - cached, promptMicros)
                .add(times(cached, cachedMicros))
                .add(times(completionTokens, completionMicros));
        return total.add(MILLION.subtract(BigInteger.ONE)).divide(MILLION).longValueExact();
    }

    private static BigInteger times(long tokens, long micros) {
        return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(micros));
    }

    /** The most that so many tokens can cost, whatever the cache holds. */
    public long worstMicros(long promptTokens, long completionTokens) {
        return costMicros(promptTokens, cachedMicros > promptMicros ? promptTokens : 0, completionTokens);
    }

    /** Most completion tokens that {@code micros} pay for beside the prompt, {@code tokensMax} at most; -1: not even the prompt. */
    public long affordableTokens(long promptTokens, long tokensMax, long micros) {
        if (worstMicros(promptTokens, 0) > micros) {
            return -1;
        }
        long low = 0;
        long high = tokensMax;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (worstMicros(promptTokens, middle) <= micros) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
