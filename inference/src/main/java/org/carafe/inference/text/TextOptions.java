package org.carafe.inference.text;

import java.util.List;
import java.util.Set;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;

/**
 * How a generation becomes text.
 *
 * @param promptTokens length of the prompt
 * @param start whether the prompt has text that the answer continues
 * @param skipSpecial special tokens have no text
 * @param stopStrings end the answer before them; at most {@value #STOP_STRINGS_MAX}
 * @param stopTokenIds ids that end the generation (as in its request): they have no text
 * @param minTokens stop strings that end within the first so many tokens do not count
 */
public record TextOptions(
        int promptTokens,
        Start start,
        boolean skipSpecial,
        List<String> stopStrings,
        Set<Integer> stopTokenIds,
        int minTokens) {
    /** Most stop strings (OpenAI's {@code stop} allows 4, this contract 16). */
    public static final int STOP_STRINGS_MAX = 16;

    /** Longest stop string, in UTF-16 units: so much text may be held back. */
    public static final int STOP_LENGTH_MAX = 1024;

    public TextOptions {
        stopStrings = List.copyOf(stopStrings);
        stopTokenIds = Set.copyOf(stopTokenIds);
        if (stopStrings.size() > STOP_STRINGS_MAX) {
            throw new IllegalArgumentException(stopStrings.size() + " stop strings, at most " + STOP_STRINGS_MAX);
        }
        for (String stop : stopStrings) {
            if (stop.isEmpty() || stop.length() > STOP_LENGTH_MAX) {
                throw new IllegalArgumentException(
                        "a stop string of " + stop.length() + " characters, not 1 to " + STOP_LENGTH_MAX);
            }
        }
    }
}
