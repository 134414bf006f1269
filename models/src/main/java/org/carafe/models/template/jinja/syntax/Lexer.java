package org.carafe.models.template.jinja.syntax;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Value;

/**
 * Splits a template into tokens as Jinja2's lexer does with trim_blocks and lstrip_blocks on and keep_trailing_newline off:
 * line ends become {@code \n}, one at the very end is dropped, one right after a block or comment is dropped, and blanks
 * between a line's start and a block or comment are dropped; {@code -} strips all blanks on its side, {@code +} none.
 */
final class Lexer {
    private static final Pattern NUMBER = Pattern.compile(
            "(?<float>(?<!\\.)(?:[0-9]+_)*[0-9]+"
                    + "(?:(?:\\.(?:[0-9]+_)*[0-9]+)?e[+-]?(?:[0-9]+_)*[0-9]+|\\.(?:[0-9]+_)*[0-9]+))"
                    + "|0b(?<binary>(?:_?[01])+)|0o(?<octal>(?:_?[0-7])+)|0x(?<hex>(?:_?[0-9a-f])+)"
                    + "|(?<decimal>[1-9](?:_?[0-9])*|0(?:_?0)*)",
            Pattern.CASE_INSENSITIVE);

    /** Digits of a number literal; more would take long to convert. */
    private static final int DIGITS_MAX = 4300;

    private final String source;
    private final int[] lineStarts;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int at;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
        this.lineStarts = lineStarts(source);
    }

    static List<Token> tokenize(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private static int[] lineStarts(String source) {
        return IntStream.concat(
                        IntStream.of(0),
                        IntStream.range(0, source.length())
                                .filter(i -> source.charAt(i) == '\n')
                                .map(i -> i + 1))
                .toArray();
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                data(at, source.length());
                at = source.length();
                break;
            }
            tag(tag);
        }
        tokens.add(new Token(TokenKind.EOF, "", null, place(at)));
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void tag(int start) {
        char type = source.charAt(start + 1);
        int inner = start + 2;
        char sign = inner < source.length() ? source.charAt(inner) : ' ';
        boolean signed = sign == '-' || sign == '+';
        dataBefore(at, start, signed ? sign : ' ', type != '{');
        int raw = type == '%' ? rawTagEnd(signed ? inner + 1 : inner) : -1;
        if (signed) {
            inner++;
        }
        if (raw >= 0) {
            rawBlock(start, raw);
        } else if (type == '#') {
            comment(start, inner);
        } else {
            token(type == '{' ? TokenKind.VARIABLE_BEGIN : TokenKind.BLOCK_BEGIN, start, start + 2);
            at = inner;
            lineStarting = false;
            expression(type == '{');
        }
    }

    /** Text in front of a tag, less the blanks that the tag takes off it. */
    private void dataBefore(int from, int to, char sign, boolean mayLstrip) {
        int end = to;
        if (sign == '-') {
            while (end > from && Characters.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && mayLstrip) {
            int line = Math.max(from, source.lastIndexOf('\n', to - 1) + 1);
            boolean atLineStart = line > from || lineStarting;
            int blank = to;
            while (blank > line && Characters.isSpace(source.charAt(blank - 1))) {
                blank--;
            }
            if (atLineStart && blank == line) {
                end = line;
            }
        }
        data(from, end);
    }

    private void data(int from, int to) {
        if (from < to) {
            tokens.add(new Token(TokenKind.DATA, source.substring(from, to), null, place(from)));
        }
    }

    /** Where {@code raw %}} ends, if that is what stands here; -1 otherwise. */
    private int rawTagEnd(int from) {
        int word = skipSpace(from);
        if (!source.startsWith("raw", word)) {
            return -1;
        }
        int end = skipSpace(word + 3);
        if (source.startsWith("-%}", end)) {
            return skipSpace(end + 3);
        }
        return source.startsWith("%}", end) ? end + 2 : -1;
    }

    private void rawBlock(int start, int bodyStart) {
        lineStarting = source.charAt(bodyStart - 1) == '\n';
        for (int tag = source.indexOf("{%", bodyStart); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            boolean signed = sign == '-' || sign == '+';
            int word = skipSpace(signed ? tag + 3 : tag + 2);
            int end = source.startsWith("endraw", word) ? blockEnd(skipSpace(word + 6)) : -1;
            if (end >= 0) {
                dataBefore(bodyStart, tag, signed ? sign : ' ', true);
                finish(end);
                return;
            }
        }
        if (bodyStart < source.length()) {
            throw Errors.syntax("Missing end of raw directive", place(start));
        }
        at = bodyStart;
    }

    private void comment(int start, int inner) {
        int close = source.indexOf("#}", inner);
        if (close < 0 && inner >= source.length()) {
            at = inner; // Jinja2 misses the end only where something follows
            return;
        }
        if (close < 0) {
            throw Errors.syntax("Missing end of comment tag", place(start));
        }
        int end = close + 2;
        boolean plus = close > inner && source.charAt(close - 1) == '+';
        if (close > inner && source.charAt(close - 1) == '-') {
            end = skipSpace(end);
        } else if (!plus && end < source.length() && source.charAt(end) == '\n') {
            end++;
        }
        finish(end);
    }

    private void finish(int end) {
        at = end;
        lineStarting = source.charAt(end - 1) == '\n';
    }

    /** Where the end of a block tag that stands here ends, with what it strips; -1 if none stands here. */
    private int blockEnd(int from) {
        if (source.startsWith("-%}", from)) {
            return skipSpace(from + 3);
        }
        if (source.startsWith("+%}", from)) {
            return from + 3;
        }
        if (source.startsWith("%}", from)) {
            return from + 2 < source.length() && source.charAt(from + 2) == '\n' ? from + 3 : from + 2;
        }
        return -1;
    }

    private int variableEnd(int from) {
        if (source.startsWith("-}}", from)) {
            return skipSpace(from + 3);
        }
        return source.startsWith("}}", from) ? from + 2 : -1;
    }

    private int skipSpace(int from) {
        int end = from;
        while (end < source.length() && Characters.isSpace(source.charAt(end))) {
            end++;
        }
        return end;
    }

    private void expression(boolean variable) {
        brackets.clear();
        while (at < source.length()) {
            int end = !brackets.isEmpty() ? -1 : variable ? variableEnd(at) : blockEnd(at);
            if (end >= 0) {
                token(variable ? TokenKind.VARIABLE_END : TokenKind.BLOCK_END, at, end);
                finish(end);
                return;
            }
            int codePoint = source.codePointAt(at);
            if (Characters.isSpace(codePoint)) {
                at++;
            } else if (codePoint >= '0' && codePoint <= '9') {
                number();
            } else if (isNamePart(codePoint)) {
                name();
            } else if (codePoint == '\'' || codePoint == '"') {
                string((char) codePoint);
            } else {
                operator(codePoint);
            }
        }
    }

    private static boolean isNamePart(int codePoint) {
        return Characters.isWord(codePoint) || (codePoint >= 0x80 && Character.isUnicodeIdentifierPart(codePoint));
    }

    private void name() {
        int end = at;
        while (end < source.length() && isNamePart(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
        }
        int first = source.codePointAt(at);
        if (first != '_' && !Character.isUnicodeIdentifierStart(first)) {
            throw Errors.syntax("Invalid character in identifier", place(at));
        }
        token(TokenKind.NAME, at, end);
        at = end;
    }

    private void number() {
        Matcher matcher = NUMBER.matcher(source)
                .region(at, Math.min(source.length(), at + DIGITS_MAX + 1))
                .useTransparentBounds(true);
        if (!matcher.lookingAt()) { // cannot be: a digit always starts one
            throw unexpected(at);
        }
        if (matcher.end() - at > DIGITS_MAX) {
            throw Errors.syntax("number of more than " + DIGITS_MAX + " digits", place(at));
        }
        String decimals = matcher.group("float");
        Value value = decimals != null
                ? new FloatValue(Double.parseDouble(decimals.replace("_", "")))
                : integer(matcher, "binary", 2, "octal", 8, "hex", 16, "decimal", 10);
        tokens.add(
                new Token(decimals != null ? TokenKind.FLOAT : TokenKind.INTEGER, matcher.group(), value, place(at)));
        at = matcher.end();
    }

    private static Value integer(Matcher matcher, Object... groupsAndBases) {
        for (int i = 0; i < groupsAndBases.length; i += 2) {
            String digits = matcher.group((String) groupsAndBases[i]);
            if (digits != null) {
                return IntValue.of(new BigInteger(digits.replace("_", ""), (Integer) groupsAndBases[i + 1]));
            }
        }
        throw new IllegalStateException("number without digits");
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw unexpected(at);
        }
        String text = StringLiterals.unescape(source.substring(at + 1, end), place(at));
        tokens.add(new Token(TokenKind.STRING, text, null, place(at)));
        at = end + 1;
    }

    private void operator(int codePoint) {
        TokenKind two = at + 1 < source.length() ? OPERATORS_TWO.get(source.substring(at, at + 2)) : null;
        TokenKind kind = two != null ? two : OPERATORS_ONE.get(Character.toString(codePoint));
        if (kind == null) {
            throw unexpected(at);
        }
        balance(codePoint);
        token(kind, at, at + (two != null ? 2 : 1));
        at += two != null ? 2 : 1;
    }

    private void balance(int codePoint) {
        switch (codePoint) {
            case '{' -> brackets.push('}');
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '}', ')', ']' -> {
                Character expected = brackets.poll();
                if (expected == null) {
                    throw Errors.syntax("unexpected '" + (char) codePoint + "'", place(at));
                }
                if (expected != codePoint) {
                    throw Errors.syntax(
                            "unexpected '" + (char) codePoint + "', expected '" + expected + "'", place(at));
                }
            }
            default -> {}
        }
    }

    private static final Map<String, TokenKind> OPERATORS_ONE = operators(1);
    private static final Map<String, TokenKind> OPERATORS_TWO = operators(2);

    private static Map<String, TokenKind> operators(int length) {
        return EnumSet.range(TokenKind.ADD, TokenKind.SEMICOLON).stream()
                .filter(kind -> kind.description.length() == length)
                .collect(Collectors.toUnmodifiableMap(kind -> kind.description, kind -> kind));
    }

    private TemplateException unexpected(int offset) {
        String shown = Character.toString(source.codePointAt(offset));
        return Errors.syntax("unexpected char " + Repr.quote(shown) + " at " + offset, place(offset));
    }

    private void token(TokenKind kind, int from, int to) {
        tokens.add(new Token(kind, source.substring(from, to), null, place(from)));
    }

    private Position place(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line + 1, offset - lineStarts[line] + 1);
    }
}
