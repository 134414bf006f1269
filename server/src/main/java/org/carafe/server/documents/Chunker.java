package org.carafe.server.documents;

import static org.carafe.server.documents.DocumentLimits.OVERLAP_CHARS_MAX;
import static org.carafe.server.documents.DocumentLimits.PASSAGE_CHARS_MAX;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into passages: whole paragraphs as far as they fit, long ones at the ends of sentences, else between words. Each passage
 * begins with the end of the one before it, so that what a cut tears apart is whole in one of the two.
 */
public final class Chunker {
    private static final int FRESH_CHARS_MAX = PASSAGE_CHARS_MAX - OVERLAP_CHARS_MAX - 1;

    private final List<String> passages = new ArrayList<>();
    private final StringBuilder passage = new StringBuilder();
    private String overlap = "";

    private Chunker() {}

    /** The passages of a text, none where it is blank; each has {@link DocumentLimits#PASSAGE_CHARS_MAX} characters at most. */
    public static List<String> passages(String text) {
        Chunker chunker = new Chunker();
        for (String paragraph : text.split("\\n[\\t ]*\\n\\s*", -1)) {
            chunker.add(paragraph.strip());
        }
        chunker.end();
        return chunker.passages;
    }

    private void add(String paragraph) {
        String rest = paragraph;
        while (rest.length() > FRESH_CHARS_MAX) {
            end();
            int cut = cut(rest);
            passage.append(rest, 0, cut);
            rest = rest.substring(cut).strip();
        }
        if (rest.isEmpty()) {
            return;
        }
        if (passage.length() + 2 + rest.length() > FRESH_CHARS_MAX) {
            end();
        }
        if (!passage.isEmpty()) {
            passage.append("\n\n");
        }
        passage.append(rest);
    }

    private void end() {
        String fresh = passage.toString().strip();
        passage.setLength(0);
        if (fresh.isEmpty()) {
            return;
        }
        passages.add(overlap.isEmpty() ? fresh : overlap + "\n" + fresh);
        overlap = lastWords(fresh);
    }

    /** Where the text is to be cut: after a sentence in the second half of what fits, else after a word, else anywhere. */
    private static int cut(String text) {
        int word = -1;
        for (int i = FRESH_CHARS_MAX; i > FRESH_CHARS_MAX / 2; i--) {
            if (Character.isWhitespace(text.charAt(i))) {
                if (".!?:;。！？".indexOf(text.charAt(i - 1)) >= 0) {
                    return i;
                }
                word = word < 0 ? i : word;
            }
        }
        if (word > 0) {
            return word;
        }
        return Character.isLowSurrogate(text.charAt(FRESH_CHARS_MAX)) ? FRESH_CHARS_MAX - 1 : FRESH_CHARS_MAX;
    }

    /** The end of a passage that goes on, from the beginning of a word. */
    private static String lastWords(String text) {
        if (text.length() <= OVERLAP_CHARS_MAX) {
            // Repeated whole it would be the same passage twice.
            return "";
        }
        for (int i = text.length() - OVERLAP_CHARS_MAX; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i - 1))) {
                return text.substring(i);
            }
        }
        return "";
    }
}
