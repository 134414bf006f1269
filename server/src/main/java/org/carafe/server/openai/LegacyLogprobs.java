package org.carafe.server.openai;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.inference.text.TokenLogprob;
import org.jspecify.annotations.Nullable;

/**
 * The form of log-probabilities that text completions have: parallel arrays. Offsets count code points from the beginning of the
 * returned text, and go on over a stream's chunks. One thread.
 */
final class LegacyLogprobs {
    private int offset;

    /** A place of the text without log-probability (the first token of an echoed prompt has none). */
    record Unscored(String text, int codePoints) {}

    /** Text that has no tokens to list, such as an echoed prompt that nobody asked to score. */
    void skip(CharSequence text) {
        offset += Character.codePointCount(text, 0, text.length());
    }

    void write(JsonBuffer out, @Nullable Unscored first, List<TokenLogprob> scored) {
        out.open().name("text_offset").openArray();
        if (first != null) {
            out.number(offset);
            offset += first.codePoints();
        }
        for (TokenLogprob one : scored) {
            out.number(offset);
            offset += codePoints(one.token().bytes());
        }
        out.closeArray().name("token_logprobs").openArray();
        if (first != null) {
            out.none();
        }
        for (TokenLogprob one : scored) {
            out.number(one.token().logprob());
        }
        out.closeArray().name("tokens").openArray();
        if (first != null) {
            out.text(first.text());
        }
        for (TokenLogprob one : scored) {
            out.text(one.token().text());
        }
        out.closeArray().name("top_logprobs").openArray();
        if (first != null) {
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

    private static final byte[] COLON = {':'};

    /** Characters that begin in these bytes: a character that two tokens share counts where it begins. */
    static int codePoints(byte[] utf8) {
        int count = 0;
        for (byte one : utf8) {
            if ((one & 0xc0) != 0x80) {
                count++;
            }
        }
        return count;
    }
}
