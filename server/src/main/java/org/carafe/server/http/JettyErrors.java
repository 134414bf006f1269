package org.carafe.server.http;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ErrorEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Errors that Jetty finds before any route: bytes that are no HTTP, headers too large. In the same form as all others. */
final class JettyErrors extends ErrorHandler {
    private static final EnumSet<ErrorKind> OF_TRANSPORT = EnumSet.of(
            ErrorKind.MALFORMED_REQUEST,
            ErrorKind.NOT_FOUND,
            ErrorKind.REQUEST_TIMEOUT,
            ErrorKind.INPUT_TOO_LARGE,
            ErrorKind.URI_TOO_LONG,
            ErrorKind.UNSUPPORTED_MEDIA_TYPE,
            ErrorKind.EXPECTATION_FAILED,
            ErrorKind.HEADERS_TOO_LARGE,
            ErrorKind.SERVER_ERROR,
            ErrorKind.MODEL_UNAVAILABLE);

    /** By status; 501 and 505 are about a transfer coding and a version that the caller chose. */
    static ErrorKind kindOf(int status) {
        for (ErrorKind kind : OF_TRANSPORT) {
            if (kind.status() == status) {
                return kind;
            }
        }
        return status == 500 ? ErrorKind.SERVER_ERROR : ErrorKind.MALFORMED_REQUEST;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        ErrorKind kind = kindOf(code);
        response.setStatus(kind.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders()
                .put("X-Request-Id", RequestIds.of(request.getHeaders().get("X-Request-Id")));
        JsonBuffer body = new JsonBuffer();
        ErrorEncoder.encode(body, kind, text(kind, message), null);
        response.write(true, ByteBuffer.wrap(body.toBytes()), callback);
    }

    private static String text(ErrorKind kind, @Nullable String message) {
        if (kind.category() == ErrorKind.Category.OURS) {
            return "The request could not be served.";
        }
        String reason = message == null ? "bad request" : message;
        return "The request is not valid HTTP here: "
                + (reason.length() > 160 ? reason.substring(0, 160) + "…" : reason) + ".";
    }
}
