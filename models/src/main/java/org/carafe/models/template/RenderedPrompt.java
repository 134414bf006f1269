package org.carafe.models.template;

import java.util.List;
import org.carafe.models.tokenizer.TextRange;

/**
 * A rendered conversation, and which characters of it came from the caller: message contents, names, tool descriptions,
 * arguments. A special token's text must not be read as that token where it overlaps such a range; elsewhere it is the
 * template's own.
 *
 * <p>{@link org.carafe.models.tokenizer.Tokenizer#encode} takes both. The ranges say nothing about where text may be cut for tokenizing: byte-pair merges cross them as they would anywhere.
 *
 * @param untrusted in UTF-16 units; ascending, neither empty nor overlapping nor touching
 */
public record RenderedPrompt(String text, List<TextRange> untrusted) {
    public RenderedPrompt {
        untrusted = List.copyOf(untrusted);
    }
}
