package org.carafe.models.tokenizer;

/**
 * A part of a text.
 *
 * @param start first UTF-16 unit
 * @param end the unit after the last
 */
public record TextRange(int start, int end) {
    public TextRange {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no range: " + start + " to " + end);
        }
    }
}
