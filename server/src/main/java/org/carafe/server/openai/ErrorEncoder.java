package org.carafe.server.openai;

import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** Errors in OpenAI's form. */
public final class ErrorEncoder {
    private ErrorEncoder() {}

    /** {@code {"error":{"message","type","param","code"}}}. */
    public static void encode(JsonBuffer out, ErrorKind kind, String message, @Nullable String param) {
        out.open().name("error").open();
        out.name("message").text(message);
        out.name("type").text(kind.type());
        out.name("param");
        if (param == null) {
            out.none();
        } else {
            out.text(param);
        }
        out.name("code").text(kind.code()).close().close();
    }
}
