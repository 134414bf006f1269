package org.carafe.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TokenLogprob;

/**
 * Where tokens begin in the returned text, in code points. Tokens need not be whole characters, so a delta's tokens are laid out by
 * their bytes inside the delta's text, and the delta's own length is what the next one starts from. One thread.
 */
final class TextOffsets {
    private int offset;

    /** Offsets of an echoed prompt's tokens; the first has no log-probability. */
    List<Integer> prompt(EchoedPrompt prompt, List<TokenLogprob> scored) {
        int end = offset + points(prompt.text());
        List<Integer> offsets = new ArrayList<>(scored.size() + 1);
        offsets.add(offset);
        lay(offset + starts(prompt.firstTokenBytes()), end, scored, offsets);
        offset = end;
        return offsets;
    }

    /** Passes over an echoed prompt whose tokens nobody asked for. */
    void skip(EchoedPrompt prompt) {
        offset += points(prompt.text());
    }

    /** Offsets of a delta's tokens. */
    List<Integer> delta(TextEvent.Delta delta) {
        int end = offset + points(delta.text());
        List<Integer> offsets = new ArrayList<>(delta.logprobs().size());
        lay(offset, end, delta.logprobs(), offsets);
        offset = end;
        return offsets;
    }

    private static void lay(int from, int end, List<TokenLogprob> tokens, List<Integer> offsets) {
        int at = from;
        for (TokenLogprob token : tokens) {
            offsets.add(Math.min(at, end));
            at += starts(token.token().bytes());
        }
    }

    private static int points(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Characters that begin in these bytes. */
    private static int starts(byte[] utf8) {
        int count = 0;
        for (byte one : utf8) {
            if ((one & 0xc0) != 0x80) {
                count++;
            }
        }
        return count;
    }
}
