package org.carafe.models.template.jinja.library;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;

/** Python's {@code textwrap.wrap} of one line, with expand_tabs and replace_whitespace off. */
final class WordWrap {
    private static final Pattern BLANKS = Pattern.compile("[\\t\\n\\x0b\\f\\r ]+");
    private static final Pattern CHUNKS = Pattern.compile("""
            [\\t\\n\\x0b\\f\\r\\x20]+
            |(?<=[\\w!"'&.,?])-{2,}(?=\\w)
            |[^\\t\\n\\x0b\\f\\r\\x20]+?(?:
              -(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[\\w!"'&.,?]-))(?=[^\\d\\W]-?[^\\d\\W])
              |(?=[\\t\\n\\x0b\\f\\r\\x20]|\\z)
              |(?<=[\\w!"'&.,?])(?=-{2,}\\w)
            )""", Pattern.COMMENTS | Pattern.UNICODE_CHARACTER_CLASS);

    private final Execution execution;
    private final Deque<Text> chunks = new ArrayDeque<>();
    private final int width;
    private final boolean breakLongWords;
    private final boolean breakOnHyphens;

    WordWrap(Execution execution, Text line, int width, boolean breakLongWords, boolean breakOnHyphens) {
        if (width <= 0) {
            throw Errors.value("invalid width " + width + " (must be > 0)");
        }
        this.execution = execution;
        this.width = width;
        this.breakLongWords = breakLongWords;
        this.breakOnHyphens = breakOnHyphens;
        split(line);
    }

    private void split(Text line) {
        execution.spendChars(line.chars().length() * 8L);
        Matcher matcher = (breakOnHyphens ? CHUNKS : BLANKS).matcher(line.chars());
        int done = 0;
        while (matcher.find()) {
            if (matcher.start() > done) {
                chunks.add(line.slice(done, matcher.start()));
            }
            if (matcher.end() > matcher.start()) {
                chunks.add(line.slice(matcher.start(), matcher.end()));
            }
            done = matcher.end();
        }
        if (done < line.chars().length()) {
            chunks.add(line.slice(done, line.chars().length()));
        }
    }

    List<Text> lines() {
        List<Text> lines = new ArrayList<>();
        while (!chunks.isEmpty()) {
            execution.spend(1);
            if (!lines.isEmpty() && isBlank(chunks.getFirst())) {
                chunks.removeFirst();
            }
            Deque<Text> current = new ArrayDeque<>();
            int length = 0;
            while (!chunks.isEmpty() && length + chunks.getFirst().codePoints() <= width) {
                length += chunks.getFirst().codePoints();
                current.add(chunks.removeFirst());
            }
            if (!chunks.isEmpty() && chunks.getFirst().codePoints() > width) {
                longWord(current, width - length);
            }
            if (!current.isEmpty() && isBlank(current.getLast())) {
                current.removeLast();
            }
            if (!current.isEmpty()) {
                TextBuilder out = new TextBuilder(execution);
                current.forEach(out::append);
                lines.add(out.toText());
            }
        }
        return lines;
    }

    private void longWord(Deque<Text> current, int spaceLeft) {
        if (!breakLongWords) {
            if (current.isEmpty()) {
                current.add(chunks.removeFirst());
            }
            return;
        }
        Text chunk = chunks.removeFirst();
        int end = chunk.offset(spaceLeft);
        if (breakOnHyphens) {
            int hyphen = chunk.chars().lastIndexOf('-', end - 1);
            if (hyphen > 0 && chunk.chars().substring(0, hyphen).chars().anyMatch(unit -> unit != '-')) {
                end = hyphen + 1;
            }
        }
        current.add(chunk.slice(0, end)); // even if empty: Python then keeps the blank before it
        chunks.addFirst(chunk.slice(end, chunk.chars().length()));
    }

    private static boolean isBlank(Text chunk) {
        return TextTrim.strip(chunk).isEmpty();
    }
}
