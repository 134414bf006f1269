package org.carafe.models.template;

import java.util.List;

/**
 * A rendered conversation, and which characters of it came from the caller: message contents, names, tool descriptions,
 * arguments. A special token's text must not be read as that token where it overlaps such a range; elsewhere it is the
 * template's own.
 *
 * <p>The ranges say nothing about where text may be cut for tokenizing: byte-pair merges cross them as they would anywhere.
 *
 * @param untrusted ascending, neither empty nor overlapping nor touching
 */
public record RenderedPrompt(String text, List<Range> untrusted) {
    /** {@code [start, end)} in UTF-16 units. */
    public record Range(int start, int end) {
        public Range {
            if (start < 0 || end <= start) {
                throw new IllegalArgumentException("empty or negative range " + start + ".." + end);
            }
        }
    }

    public RenderedPrompt {
        untrusted = List.copyOf(untrusted);
    }
}
