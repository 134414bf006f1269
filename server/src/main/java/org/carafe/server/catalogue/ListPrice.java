package org.carafe.server.catalogue;

/**
 * What a model costs until an administrator sets a price, in micro-credits for a million tokens.
 *
 * @param promptMicros of prompt tokens that had to be computed
 * @param cachedMicros of prompt tokens found in the prefix cache
 * @param completionMicros of generated tokens
 */
public record ListPrice(long promptMicros, long cachedMicros, long completionMicros) {
    /** Nothing. */
    public static final ListPrice FREE = new ListPrice(0, 0, 0);

    public ListPrice {
        if (promptMicros < 0 || cachedMicros < 0 || completionMicros < 0) {
            throw new IllegalArgumentException("a price is not negative");
        }
    }
}
