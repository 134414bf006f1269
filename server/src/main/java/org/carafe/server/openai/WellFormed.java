package org.carafe.server.openai;

/** Text of callers may hold lone surrogates (JSON can spell them, Unicode text cannot hold them). */
public final class WellFormed {
    private WellFormed() {}

    /** The text with each lone surrogate replaced by U+FFFD: what tokenizers do, and what UTF-8 can carry. */
    public static String of(String text) {
        int first = firstLone(text, 0);
        if (first < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text);
        for (int i = first; i >= 0; i = firstLone(text, i + 1)) {
            out.setCharAt(i, '\uFFFD');
        }
        return out.toString();
    }

    private static int firstLone(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                return i;
            }
        }
        return -1;
    }
}
