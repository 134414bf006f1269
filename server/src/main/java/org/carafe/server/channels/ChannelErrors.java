package org.carafe.server.channels;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.error.ErrorKind.Category;
import org.carafe.server.openai.JsonBuffer;

/** Errors of channels: a status and a text that a site may show. What is wrong on our side is one text, its cause is in the log. */
public final class ChannelErrors {
    private ChannelErrors() {}

    /** HTTP status. */
    public static int status(ErrorKind kind) {
        if (kind.category() == Category.OURS) {
            return 500;
        }
        return switch (kind) {
            // A key that no longer is one, or never was one of a channel.
            case KEY_REVOKED, KEY_NOT_FOR_THIS -> 401;
            case BUDGET_EXCEEDED -> 403;
            case CONTEXT_LENGTH_EXCEEDED -> 413;
            default -> kind.status();
        };
    }

    /**
     * {@code {"error":"text"}}.
     *
     * @param keyGiven whether the request carried a key at all
     */
    public static void encode(JsonBuffer out, ApiException error, boolean keyGiven) {
        out.open().name("error").text(text(error, keyGiven)).close();
    }

    private static String text(ApiException error, boolean keyGiven) {
        if (error.kind().category() == Category.OURS) {
            return "AI provider error";
        }
        return switch (error.kind()) {
            case INVALID_API_KEY -> keyGiven ? "Invalid API key" : "Missing API key";
            case KEY_REVOKED, KEY_NOT_FOR_THIS -> "Invalid API key";
            case SITE_DISABLED, ACCOUNT_DISABLED -> "Site disabled";
            case ORIGIN_NOT_ALLOWED -> "Origin not allowed";
            case BUDGET_EXCEEDED -> "Credits exhausted";
            case RATE_LIMIT_EXCEEDED -> "Rate limit exceeded";
            case DAILY_LIMIT_REACHED -> "Daily quota reached";
            case QUEUE_FULL -> "Too many requests";
            default -> error.text();
        };
    }
}
