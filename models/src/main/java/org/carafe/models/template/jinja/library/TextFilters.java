package org.carafe.models.template.jinja.library;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Filters that make a string of a string. */
final class TextFilters {
    private static final Text NEWLINE = Text.of("\n");
    private static final Text ELLIPSIS = Text.of("...");
    private static final Pattern ATTRIBUTE_BREAKER = Pattern.compile("[ \\t\\n\\r\\f\\u000b/>=]");

    private TextFilters() {}

    /** Jinja2's own title case: the first character of every word, and words begin after blanks and opening brackets. */
    static Text title(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        String chars = text.chars();
        StringBuilder out = new StringBuilder(chars.length());
        int at = 0;
        while (at < chars.length()) {
            int end = at;
            while (end < chars.length() && isWordBreak(chars.charAt(end))) {
                end++;
            }
            out.append(chars, at, end);
            int start = end;
            while (end < chars.length() && !isWordBreak(chars.charAt(end))) {
                end++;
            }
            if (start < end) {
                int rest = chars.offsetByCodePoints(start, 1);
                out.append(chars.substring(start, rest).toUpperCase(Locale.ROOT));
                out.append(chars.substring(rest, end).toLowerCase(Locale.ROOT));
            }
            at = end;
        }
        return text.derived(out.toString()).asMarkup(false);
    }

    private static boolean isWordBreak(char unit) {
        return "-({[<".indexOf(unit) >= 0 || Characters.isSpace(unit);
    }

    static Value replace(Execution execution, Value subject, @Nullable Value[] arguments) {
        int count = Bound.integer(Bound.orNull(arguments[2]), -1);
        return TextSearch.replace(
                execution,
                Repr.str(subject, execution),
                Repr.str(Bound.required(arguments, 0), execution),
                Repr.str(Bound.required(arguments, 1), execution),
                count);
    }

    static Value format(Execution execution, Value subject, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.keywords().isEmpty()) {
            throw Errors.runtime("can't handle positional and keyword arguments at the same time");
        }
        Value values;
        if (arguments.keywords().isEmpty()) {
            values = TupleValue.of(arguments.positional());
        } else {
            DictValue dict = new DictValue();
            arguments.keywords().forEach((name, value) -> dict.put(Text.of(name), value));
            values = dict;
        }
        return PercentFormat.format(execution, Repr.softStr(subject, execution), values);
    }

    static Value indent(Execution execution, Value subject, @Nullable Value[] arguments) {
        Text text = subjectText(subject, "+");
        Value width = Bound.or(arguments[0], IntValue.of(4));
        Text indention = width instanceof Text given
                ? given
                : new TextBuilder(execution)
                        .repeat(' ', Bound.integer(width, 4))
                        .toText();
        boolean first = Bound.truth(arguments[1]);
        boolean blank = Bound.truth(arguments[2]);
        // a line break at the end makes Python's splitlines see an empty last line; one that is there already stays one
        List<Value> lines = TextSplit.lines(execution, text.concat(NEWLINE, execution), false)
                .items();
        TextBuilder out = new TextBuilder(execution, text.chars().length() + 64);
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            if (i > 0) {
                out.append('\n');
            }
            if (i == 0 ? first : blank || !line.isEmpty()) {
                out.append(indention);
            }
            out.append(line);
        }
        return out.toText().asMarkup(text.isMarkup());
    }

    private static Text subjectText(Value subject, String operator) {
        if (subject instanceof Text text) {
            return text;
        }
        if (subject instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw Errors.type("unsupported operand type(s) for " + operator + ": '" + subject.typeName() + "' and 'str'");
    }

    static Value truncate(Execution execution, Value subject, @Nullable Value[] arguments) {
        int length = Bound.integer(arguments[0], 255);
        boolean killWords = Bound.truth(arguments[1]);
        Text end = arguments[2] == null ? ELLIPSIS : Bound.text(arguments[2], "end");
        int leeway = Bound.integer(Bound.orNull(arguments[3]), 5);
        if (length < end.codePoints()) {
            throw Errors.value("expected length >= " + end.codePoints() + ", got " + length);
        }
        if (leeway < 0) {
            throw Errors.value("expected leeway >= 0, got " + leeway);
        }
        if (Sequences.length(subject) <= (long) length + leeway) {
            return subject;
        }
        if (!(subject instanceof Text text)) {
            throw Errors.type("unsupported operand type(s) for +: '" + subject.typeName() + "' and 'str'");
        }
        Text cut = text.slice(0, text.offset(length - end.codePoints()));
        if (!killWords) {
            int space = cut.chars().lastIndexOf(' ');
            cut = space < 0 ? cut : cut.slice(0, space);
        }
        return cut.concat(end, execution);
    }

    static Value wordWrap(Execution execution, Value subject, @Nullable Value[] arguments) {
        Text text = subjectText(subject, "wordwrap");
        int width = Bound.integer(arguments[0], 79);
        boolean breakLongWords = arguments[1] == null || arguments[1].truth();
        boolean breakOnHyphens = arguments[3] == null || arguments[3].truth();
        Value separator = Bound.orNull(arguments[2]);
        Text newline = separator == null ? NEWLINE : Bound.text(separator, "wrapstring");
        TextBuilder out = new TextBuilder(execution, text.chars().length() + 64);
        boolean started = false;
        for (Value line : TextSplit.lines(execution, text, false).items()) {
            if (started) {
                out.append(newline);
            }
            started = true;
            List<Text> wrapped = new WordWrap(execution, (Text) line, width, breakLongWords, breakOnHyphens).lines();
            for (int i = 0; i < wrapped.size(); i++) {
                if (i > 0) {
                    out.append(newline);
                }
                out.append(wrapped.get(i));
            }
        }
        return out.toText();
    }

    static Value wordCount(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        int words = 0;
        boolean inWord = false;
        for (int codePoint : text.chars().codePoints().toArray()) {
            boolean word = Characters.isWord(codePoint);
            if (word && !inWord) {
                words++;
            }
            inWord = word;
        }
        return IntValue.of(words);
    }

    /** markupsafe's striptags: comments and tags go, runs of blanks become one, entities become what they stand for. */
    static Value stripTags(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        String value = text.chars();
        value = cutAll(value, "<!--", "-->");
        value = cutAll(value, "<", ">");
        StringBuilder words = new StringBuilder(value.length());
        for (Value word : ((ListValue) TextSplit.split(execution, Text.of(value), new @Nullable Value[2])).items()) {
            words.append(words.isEmpty() ? "" : " ").append(((Text) word).chars());
        }
        return text.derived(HtmlEntities.unescape(words.toString())).asMarkup(false);
    }

    private static String cutAll(String value, String open, String close) {
        StringBuilder out = new StringBuilder(value.length());
        int done = 0;
        for (int start = value.indexOf(open); start >= 0; start = value.indexOf(open, done)) {
            int end = value.indexOf(close, start);
            if (end < 0) {
                break;
            }
            out.append(value, done, start);
            done = end + close.length();
        }
        return out.append(value, done, value.length()).toString();
    }

    static Value xmlAttributes(Execution execution, Value subject, @Nullable Value[] arguments) {
        if (!(subject instanceof DictValue dict)) {
            if (subject instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw Errors.type("'" + subject.typeName() + "' object has no attribute 'items'");
        }
        boolean autospace = arguments[0] == null || arguments[0].truth();
        TextBuilder out = new TextBuilder(execution);
        for (DictValue.Entry entry : dict.entries()) {
            if (entry.value() == NoneValue.NONE || entry.value() instanceof Undefined) {
                continue;
            }
            Text key = Bound.text(entry.key(), "attribute name");
            if (ATTRIBUTE_BREAKER.matcher(key.chars()).find()) {
                throw Errors.value("Invalid character in attribute name: " + Repr.quote(key.chars()));
            }
            if (out.length() > 0 || autospace) {
                out.append(' ');
            }
            out.append(Markup.escape(key, execution)).append("=\"");
            out.append(Markup.escape(entry.value(), execution)).append('"');
        }
        return out.toText();
    }
}
