package org.carafe.models.template.jinja.syntax;

import java.util.HexFormat;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;

/**
 * The escapes of string literals. Jinja2 reads them as Python's {@code s.encode("ascii", "backslashreplace")
 * .decode("unicode-escape")}, so a backslash before a non-ASCII character spells that character's escape out.
 */
final class StringLiterals {
    private StringLiterals() {}

    static String unescape(String body, Position at) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        String source = escapeAfterBackslash(body);
        StringBuilder out = new StringBuilder(source.length());
        int i = 0;
        while (i < source.length()) {
            char unit = source.charAt(i++);
            if (unit != '\\') {
                out.append(unit);
                continue;
            }
            char escape = source.charAt(i++); // the lexer never ends a literal on a lone backslash
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000b');
                case 'x' -> i = hex(source, i, 2, "\\xXX", out, at);
                case 'u' -> i = hex(source, i, 4, "\\uXXXX", out, at);
                case 'U' -> i = hex(source, i, 8, "\\UXXXXXXXX", out, at);
                case 'N' -> i = named(source, i, out, at);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(source, i - 1, out);
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static String escapeAfterBackslash(String body) {
        StringBuilder out = new StringBuilder(body.length());
        int i = 0;
        while (i < body.length()) {
            int codePoint = body.codePointAt(i);
            i += Character.charCount(codePoint);
            out.appendCodePoint(codePoint);
            if (codePoint == '\\' && i < body.length()) {
                int next = body.codePointAt(i);
                i += Character.charCount(next);
                if (next < 0x80) {
                    out.appendCodePoint(next);
                } else {
                    out.append(
                            next < 0x100
                                    ? String.format("\\x%02x", next)
                                    : next < 0x10000 ? String.format("\\u%04x", next) : String.format("\\U%08x", next));
                }
            }
        }
        return out.toString();
    }

    private static int hex(String source, int from, int digits, String form, StringBuilder out, Position at) {
        int end = from;
        while (end < source.length() && end < from + digits && HexFormat.isHexDigit(source.charAt(end))) {
            end++;
        }
        if (end < from + digits) {
            throw Errors.syntax("truncated " + form + " escape", at);
        }
        long codePoint = Long.parseLong(source.substring(from, end), 16);
        if (codePoint > Character.MAX_CODE_POINT) {
            throw Errors.syntax("illegal Unicode character", at);
        }
        out.appendCodePoint((int) codePoint);
        return end;
    }

    private static int named(String source, int from, StringBuilder out, Position at) {
        int close = source.startsWith("{", from) ? source.indexOf('}', from) : -1;
        if (close <= from + 1) {
            throw Errors.syntax("malformed \\N character escape", at);
        }
        try {
            out.appendCodePoint(Character.codePointOf(source.substring(from + 1, close)));
        } catch (IllegalArgumentException unknown) {
            throw Errors.syntax("unknown Unicode character name", at);
        }
        return close + 1;
    }

    private static int octal(String source, int from, StringBuilder out) {
        int end = from;
        while (end < source.length() && end < from + 3 && source.charAt(end) >= '0' && source.charAt(end) <= '7') {
            end++;
        }
        out.appendCodePoint(Integer.parseInt(source.substring(from, end), 8));
        return end;
    }
}
