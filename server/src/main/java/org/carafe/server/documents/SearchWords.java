package org.carafe.server.documents;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The words of a question. Letters, marks and digits only, so that no word can be syntax of a search engine. */
public final class SearchWords {
    private static final int WORD_CHARS_MAX = 64;

    private SearchWords() {}

    /** Different words in the order they come, at most {@link DocumentLimits#WORDS_MAX}: the last ones, where questions stand. */
    public static List<String> of(String question) {
        Set<String> words = new LinkedHashSet<>();
        StringBuilder word = new StringBuilder();
        // From the end, as far as words are wanted: a question may be megabytes long.
        int i = question.length();
        while (i > 0 && words.size() < DocumentLimits.WORDS_MAX) {
            int point = question.codePointBefore(i);
            i -= Character.charCount(point);
            if (isWord(point)) {
                word.appendCodePoint(point);
            } else {
                take(word, words);
            }
            if (word.length() > WORD_CHARS_MAX) {
                // No word of a language; what is left of it would not be found either.
                while (i > 0 && isWord(question.codePointBefore(i))) {
                    i -= Character.charCount(question.codePointBefore(i));
                }
                word.setLength(0);
            }
        }
        take(word, words);
        List<String> ordered = new ArrayList<>(words);
        return ordered.reversed().stream().limit(DocumentLimits.WORDS_MAX).toList();
    }

    private static void take(StringBuilder backwards, Set<String> words) {
        if (!backwards.isEmpty()) {
            // StringBuilder.reverse keeps surrogate pairs.
            words.add(backwards.reverse().toString().toLowerCase(Locale.ROOT));
            backwards.setLength(0);
        }
    }

    private static boolean isWord(int point) {
        return Character.isLetterOrDigit(point)
                || switch (Character.getType(point)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
                    default -> false;
                };
    }
}
