package org.carafe.models.template.jinja.library;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code html.unescape} for numeric entities and the common named ones. */
final class HtmlEntities {
    private static final Pattern ENTITY =
            Pattern.compile("&(?:#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}))|([a-z]{2,4}));?");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0");

    private HtmlEntities() {}

    static String unescape(String text) {
        return text.indexOf('&') < 0
                ? text
                : ENTITY.matcher(text).replaceAll(match -> Matcher.quoteReplacement(replacement(match)));
    }

    private static String replacement(MatchResult match) {
        if (match.group(3) != null) {
            return NAMED.getOrDefault(match.group(3), match.group());
        }
        int codePoint =
                match.group(1) != null ? Integer.parseInt(match.group(1)) : Integer.parseInt(match.group(2), 16);
        boolean valid = codePoint > 0
                && Character.isValidCodePoint(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE;
        return valid ? Character.toString(codePoint) : "\ufffd";
    }
}
