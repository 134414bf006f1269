package org.carafe.models.tokenizer;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An entry of tokenizer.json's {@code added_tokens}: text that is found before anything else is tokenized.
 *
 * @param id its token id
 * @param content its text
 * @param singleWord matches only between non-word characters
 * @param lstrip takes white space before it along
 * @param rstrip takes white space after it along
 * @param normalized is looked for in the normalized text
 * @param special has no text when special tokens are skipped
 * @param standIn what the native tokenizer knows it as, where it is protected: only trusted text becomes this token
 */
record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special,
        @Nullable String standIn) {

    /** Tokens of Gemma and DeepSeek that control the model though their files do not call them special. */
    private static final Set<String> CONTROL = Set.of("<pad>", "<mask>", "<2mass>", "[@BOS@]");

    /**
     * Whether user text must never become this token. Others (runs of spaces, HTML tags) are pieces of text that happen to be
     * matched early, and are found in user text too.
     */
    boolean isControl() {
        return special
                || CONTROL.contains(content)
                || (content.startsWith("<|") && content.endsWith("|>"))
                || (content.startsWith("<\uFF5C") && content.endsWith("\uFF5C>"))
                || (content.startsWith("<unused") && content.endsWith(">"));
    }

    AddedToken withId(int known) {
        return new AddedToken(known, content, singleWord, lstrip, rstrip, normalized, special, standIn);
    }

    AddedToken withStandIn(String text) {
        return new AddedToken(id, content, singleWord, lstrip, rstrip, normalized, special, text);
    }
}
