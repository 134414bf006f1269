package org.carafe.server.openai;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.inference.text.TokenLogprob;
import org.jspecify.annotations.Nullable;

/** The form of log-probabilities that text completions have: parallel arrays. */
final class LegacyLogprobs {
    private static final byte[] COLON = {':'};

    private LegacyLogprobs() {}

    /**
     * Writes them.
     *
     * @param unscored text of a first token that has no log-probability (an echoed prompt's); null: there is none
     * @param offsets of all tokens, see {@link TextOffsets}
     */
    static void write(JsonBuffer out, @Nullable String unscored, List<TokenLogprob> scored, List<Integer> offsets) {
        out.open().name("text_offset");
        ChatEncoder.ids(out, offsets);
        out.name("token_logprobs").openArray();
        if (unscored != null) {
            out.none();
        }
        for (TokenLogprob one : scored) {
            out.number(one.token().logprob());
        }
        out.closeArray().name("tokens").openArray();
        if (unscored != null) {
            out.text(unscored);
        }
        for (TokenLogprob one : scored) {
            out.text(one.token().text());
        }
        out.closeArray().name("top_logprobs").openArray();
        if (unscored != null) {
            out.none();
        }
        for (TokenLogprob one : scored) {
            top(out, one);
        }
        out.closeArray().close();
    }

    /** By text, the token itself always among them. Texts may coincide (parts of characters do): an object's names must not. */
    private static void top(JsonBuffer out, TokenLogprob one) {
        Set<String> seen = new HashSet<>();
        out.open();
        for (TokenLogprob.Entry entry : one.top()) {
            pair(out, entry, seen);
        }
        pair(out, one.token(), seen);
        out.close();
    }

    private static void pair(JsonBuffer out, TokenLogprob.Entry entry, Set<String> seen) {
        if (seen.add(WellFormed.of(entry.text()))) {
            out.text(entry.text()).raw(COLON).number(entry.logprob());
        }
    }
}
