package org.carafe.server.http;

import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.auth.Principal;
import org.carafe.server.channels.ChannelErrors;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ErrorEncoder;
import org.carafe.server.openai.FlatErrorEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.simple.SimpleErrors;
import org.jspecify.annotations.Nullable;

/** How errors of a route look. On the OpenAI routes an account may choose. */
enum ErrorForm {
    OPENAI,
    FLAT,
    SIMPLE,
    CHANNEL;

    /** By the path alone, whether there is such a route or not; and by who calls, once that is known. */
    static ErrorForm of(String asked, @Nullable Principal caller) {
        String path = asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
        if (path.startsWith("/v1/channels/")) {
            return CHANNEL;
        }
        if (path.equals("/v1/chat")
                || path.equals("/v1/usage")
                || path.equals("/v1/documents")
                || path.startsWith("/v1/documents/")) {
            return SIMPLE;
        }
        boolean flat = caller != null
                && caller.grant() != null
                && caller.grant().errorStyle() == ErrorStyle.FLAT
                && !path.startsWith("/admin/");
        return flat ? FLAT : OPENAI;
    }

    /** HTTP status of an error. */
    int status(ErrorKind kind) {
        return switch (this) {
            case OPENAI, FLAT -> kind.status();
            case SIMPLE -> SimpleErrors.status(kind);
            case CHANNEL -> ChannelErrors.status(kind);
        };
    }

    /** Writes an error. */
    void write(JsonBuffer out, ApiException error, Exchange exchange) {
        switch (this) {
            case OPENAI -> ErrorEncoder.encode(out, error.kind(), error.text(), error.param());
            case FLAT -> FlatErrorEncoder.encode(out, error);
            case SIMPLE -> SimpleErrors.encode(out, error, exchange.requestId());
            case CHANNEL -> ChannelErrors.encode(out, error, Credentials.find(exchange.context(), false) != null);
        }
    }
}
