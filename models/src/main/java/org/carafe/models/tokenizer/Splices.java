package org.carafe.models.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A copy of a JSON text with some places changed. */
final class Splices {
    private final String source;
    private final List<Splice> splices = new ArrayList<>();

    private record Splice(int start, int end, String text) {}

    Splices(String source) {
        this.source = source;
    }

    void replace(int start, int end, String text) {
        splices.add(new Splice(start, end, text));
    }

    /** The quoted string that begins there becomes another. */
    void replaceString(int start, String quoted) {
        int end = start + 1;
        while (source.charAt(end) != '"') {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        replace(start, end + 1, quoted);
    }

    /** List elements from the one at {@code start} to the one, or the end of the list, at {@code next} are left out. */
    void dropElements(int start, int next) {
        int from = start;
        while (" \t\r\n,".indexOf(source.charAt(from - 1)) >= 0) {
            from--;
        }
        boolean needsComma = source.charAt(from - 1) != '[' && source.charAt(next) != ']';
        replace(from, next, needsComma ? "," : "");
    }

    String result() {
        if (splices.isEmpty()) {
            return source;
        }
        splices.sort(Comparator.comparingInt(Splice::start));
        StringBuilder result = new StringBuilder(source.length() + 1024);
        int copied = 0;
        for (Splice splice : splices) {
            result.append(source, copied, splice.start).append(splice.text);
            copied = splice.end;
        }
        return result.append(source, copied, source.length()).toString();
    }
}
