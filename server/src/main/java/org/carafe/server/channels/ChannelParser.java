package org.carafe.server.channels;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.StrictJson;
import org.carafe.server.openai.UnknownFieldRule;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/channels/chat}. Thread-safe. */
public final class ChannelParser {
    /** Code points of a message: what a site counts as characters. */
    public static final int MESSAGE_CHARS_MAX = 2_000;

    public static final int SESSION_ID_CHARS_MAX = 255;
    public static final int URL_CHARS_MAX = 2_048;
    public static final int TITLE_CHARS_MAX = 512;

    private final boolean ignoreUnknown;

    /** @param ignoreUnknown let unknown fields pass, and list them */
    public ChannelParser(boolean ignoreUnknown) {
        this.ignoreUnknown = ignoreUnknown;
    }

    /**
     * Parses a body.
     *
     * @throws ApiException naming the first field at fault, its value and the limit
     */
    public ChannelRequest parse(byte[] bytes) {
        Fields fields = new Fields(StrictJson.object(bytes), "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        String message = text(fields, "message", MESSAGE_CHARS_MAX);
        String sessionId = sessionId(fields.requiredText("sessionId", Integer.MAX_VALUE));
        String url = null;
        String title = null;
        ObjectNode context = fields.object("context");
        if (context != null) {
            Fields inner = new Fields(context, "context.");
            url = line(inner.text("url", URL_CHARS_MAX));
            title = line(inner.text("title", TITLE_CHARS_MAX));
            unknown.check(inner);
        }
        boolean stream = fields.flag("stream", false);
        unknown.check(fields);
        return new ChannelRequest(message, sessionId, url, title, stream, List.copyOf(unknown.ignored()));
    }

    /**
     * A session's id as it may be.
     *
     * @throws ApiException {@code INVALID_VALUE}: empty, too long, or with control characters
     */
    public static String sessionId(String given) {
        limit(given, "sessionId", SESSION_ID_CHARS_MAX);
        if (given.isBlank()) {
            throw Fields.invalid("sessionId", "it is empty");
        }
        if (given.chars().anyMatch(Character::isISOControl)) {
            throw Fields.invalid("sessionId", "it has control characters");
        }
        return given;
    }

    private static String text(Fields fields, String name, int charsMax) {
        String given = fields.requiredText(name, Integer.MAX_VALUE);
        limit(given, name, charsMax);
        // Kept in a database that cannot hold this one.
        String text = given.replace('\u0000', '\uFFFD');
        if (text.isBlank()) {
            throw Fields.invalid(name, "it is empty");
        }
        return text;
    }

    private static void limit(String text, String name, int charsMax) {
        int characters = text.codePointCount(0, text.length());
        if (characters > charsMax) {
            throw Fields.invalid(name, "it has " + characters + " characters; the limit is " + charsMax);
        }
    }

    /** On one line: it stands in a system prompt. */
    private static @Nullable String line(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        StringBuilder out = new StringBuilder(text.length());
        text.strip().codePoints().forEach(c -> out.appendCodePoint(isBreak(c) ? ' ' : c));
        return out.toString();
    }

    private static boolean isBreak(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
