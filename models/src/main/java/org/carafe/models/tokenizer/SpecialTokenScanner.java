package org.carafe.models.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds added tokens in a text, leftmost and longest first, as Hugging Face does; of these, every protected token that lies wholly in
 * trusted text gets its stand-in. Immutable.
 */
final class SpecialTokenScanner {
    /** Rust's {@code \w}. */
    private static final Pattern WORD = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

    private final Node root = new Node();
    private final boolean[] starts = new boolean[1 << 16];
    private final boolean anyProtected;

    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();

        @Nullable
        AddedToken token;
    }

    SpecialTokenScanner(List<AddedToken> tokens) {
        boolean any = false;
        for (AddedToken token : tokens) {
            any |= token.standIn() != null;
            if (token.normalized() && token.standIn() == null) {
                continue; // looked for later, in normalized text
            }
            Node node = root;
            for (int i = 0; i < token.content().length(); i++) {
                node = node.next.computeIfAbsent(token.content().charAt(i), c -> new Node());
            }
            if (node.token == null) {
                node.token = token;
            }
            starts[token.content().charAt(0)] = true;
        }
        anyProtected = any;
    }

    /** A protected token's text in a trusted place. */
    record Match(int start, AddedToken token) {}

    /**
     * Finds protected tokens, from left to right.
     *
     * @param untrusted ordered, without overlaps, inside the text
     */
    List<Match> find(String text, List<TextRange> untrusted) {
        if (!anyProtected) {
            return List.of();
        }
        List<Match> matches = new ArrayList<>();
        int range = 0;
        for (int at = 0; at < text.length(); ) {
            if (!starts[text.charAt(at)]) {
                at++;
                continue;
            }
            while (range < untrusted.size() && untrusted.get(range).end() <= at) {
                range++;
            }
            int trustedEnd =
                    range < untrusted.size() ? Math.max(at, untrusted.get(range).start()) : text.length();
            AddedToken token = longest(root.next.get(text.charAt(at)), text, at, trustedEnd);
            if (token == null) {
                at++;
                continue;
            }
            int end = at + token.content().length();
            if (token.standIn() != null && (!token.singleWord() || standsAlone(text, at, end))) {
                matches.add(new Match(at, token));
            }
            at = end;
        }
        return matches;
    }

    /** The text the native tokenizer is given. */
    static String withStandIns(String text, List<Match> matches) {
        if (matches.isEmpty()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + matches.size() * 40);
        int copied = 0;
        for (Match match : matches) {
            out.append(text, copied, match.start).append(match.token.standIn());
            copied = match.start + match.token.content().length();
        }
        return out.append(text, copied, text.length()).toString();
    }

    /** The longest token that starts there, of those that may: protected ones end by {@code trustedEnd}. */
    private static @Nullable AddedToken longest(@Nullable Node first, String text, int start, int trustedEnd) {
        AddedToken found = null;
        Node node = first;
        for (int end = start + 1; node != null; end++) {
            AddedToken token = node.token;
            if (token != null && (token.standIn() == null || end <= trustedEnd)) {
                found = token;
            }
            node = end < text.length() ? node.next.get(text.charAt(end)) : null;
        }
        return found;
    }

    private static boolean standsAlone(String text, int start, int end) {
        return (start == 0 || !isWord(text.codePointBefore(start)))
                && (end == text.length() || !isWord(text.codePointAt(end)));
    }

    private static boolean isWord(int codePoint) {
        return WORD.matcher(Character.toString(codePoint)).matches();
    }
}
