package org.carafe.server.openai;

import java.math.BigDecimal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.LimitState;

/** Errors in the flat style, which an account may choose for the OpenAI routes. */
public final class FlatErrorEncoder {
    private FlatErrorEncoder() {}

    /** {@code {"error":"Rate limit exceeded","message":"...","limit":100,"used":100,"resetAt":"..."}}; the last three where known. */
    public static void encode(JsonBuffer out, ApiException error) {
        out.open().name("error").text(title(error.kind().status()));
        out.name("message").text(error.text());
        LimitState limit = error.limit();
        if (limit != null) {
            number(out.name("limit"), limit.limit());
            number(out.name("used"), limit.used());
            if (limit.resetAt() != null) {
                out.name("resetAt").text(limit.resetAt().toString());
            }
        }
        out.close();
    }

    private static void number(JsonBuffer out, BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        out.raw(JsonBuffer.ascii(shortest.toPlainString()));
    }

    private static String title(int status) {
        return switch (status) {
            case 400, 422 -> "Invalid request";
            case 401 -> "Invalid API key";
            case 402 -> "Insufficient credits";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 408 -> "Request timeout";
            case 409 -> "Conflict";
            case 413, 414, 431 -> "Request too large";
            case 415 -> "Unsupported media type";
            case 417 -> "Expectation failed";
            case 429 -> "Rate limit exceeded";
            case 499 -> "Connection closed";
            case 502, 503 -> "Service unavailable";
            default -> "Server error";
        };
    }
}
