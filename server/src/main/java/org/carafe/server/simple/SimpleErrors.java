package org.carafe.server.simple;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.JsonBuffer;

/** Errors of simple chat: fewer types, other statuses. What its table does not have keeps its status and code. */
public final class SimpleErrors {
    private SimpleErrors() {}

    /** HTTP status. */
    public static int status(ErrorKind kind) {
        return kind == ErrorKind.CONTEXT_LENGTH_EXCEEDED ? 413 : kind.status() == 400 ? 422 : kind.status();
    }

    /** {@code {"error":{"type","message","request_id"}}}. */
    public static void encode(JsonBuffer out, ApiException error, String requestId) {
        out.open().name("error").open();
        out.name("type").text(type(error.kind()));
        out.name("message").text(error.text());
        out.name("request_id").text(requestId).close().close();
    }

    private static String type(ErrorKind kind) {
        return switch (status(kind)) {
            case 401 -> "invalid_api_key";
            case 402 -> "budget_exceeded";
            case 404 -> "not_found";
            case 413 -> "input_too_large";
            case 422 -> "invalid_request";
            case 429 -> "rate_limit_exceeded";
            default -> kind.code();
        };
    }
}
