package org.carafe.server.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends a request with an error response. The message is for the caller: it names the field, the value given and the limit. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;
    private final transient @Nullable String param;
    private final transient Map<String, String> headers;

    private final transient @Nullable LimitState limit;

    public ApiException(ErrorKind kind, String message) {
        this(kind, message, null, Map.of());
    }

    public ApiException(ErrorKind kind, String message, @Nullable String param) {
        this(kind, message, param, Map.of());
    }

    /**
     * @param param the field at fault, as a path such as {@code messages[2].role}
     * @param headers for the response, such as {@code Retry-After}
     */
    public ApiException(ErrorKind kind, String message, @Nullable String param, Map<String, String> headers) {
        this(kind, message, param, headers, null);
    }

    /**
     * @param headers for the response, such as {@code Retry-After}
     * @param limit that refused the request, where one did
     */
    public ApiException(
            ErrorKind kind,
            String message,
            @Nullable String param,
            Map<String, String> headers,
            @Nullable LimitState limit) {
        // No stack trace: callers cause these by the thousand, and the kind says all there is to know.
        super(message, null, false, false);
        this.kind = kind;
        this.param = param;
        this.headers = Map.copyOf(headers);
        this.limit = limit;
    }

    /** Which error it is. */
    public ErrorKind kind() {
        return kind;
    }

    /** What the caller reads. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** The field at fault, if one is. */
    public @Nullable String param() {
        return param;
    }

    /** Headers for the response. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The limit that refused the request, where one did. */
    public @Nullable LimitState limit() {
        return limit;
    }
}
