package org.carafe.server.http;

import io.javalin.http.Context;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** Reads a request body whole, within its limits of size and time. */
final class BodyReader {
    /** Free: connections bound those. */
    private static final int FIRST_BYTES = 8192;

    private final int bytesMax;
    private final int timeoutMillis;
    private final MemoryBudget budget;

    BodyReader(HttpSettings settings, MemoryBudget budget) {
        this.budget = budget;
        this.bytesMax = settings.limits().requestBytesMax();
        this.timeoutMillis = settings.timeouts().bodyMillis();
    }

    /**
     * The bytes of a JSON body. The memory budget has them back when the exchange ends.
     *
     * @throws ApiException {@code UNSUPPORTED_MEDIA_TYPE}, {@code INPUT_TOO_LARGE}, {@code REQUEST_TIMEOUT}, {@code CLIENT_CLOSED},
     *     {@code MODEL_UNAVAILABLE} where other requests' bodies have taken all memory there is for them
     */
    byte[] read(Exchange exchange) {
        byte[] before = exchange.body();
        if (before != null) {
            return before;
        }
        checkType(exchange.context().contentType());
        return bytes(exchange);
    }

    /** As {@link #read}, of a form; what is in it the caller looks at. Its route asks for a key, which no foreign page has. */
    byte[] readForm(Exchange exchange) {
        return bytes(exchange);
    }

    private byte[] bytes(Exchange exchange) {
        Context context = exchange.context();
        String encoding = context.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED_MEDIA_TYPE,
                    "Compressed request bodies are not read: send it without Content-Encoding.");
        }
        long declared = context.req().getContentLengthLong();
        if (declared > bytesMax) {
            throw tooLarge("has " + declared + " bytes");
        }
        try {
            return read(exchange, context.req().getInputStream(), declared);
        } catch (IOException e) {
            if (e.getCause() instanceof java.util.concurrent.TimeoutException
                    || e instanceof java.io.InterruptedIOException) {
                throw timeout();
            }
            throw new ApiException(ErrorKind.CLIENT_CLOSED, "The request body ended early.");
        }
    }

    private byte[] read(Exchange exchange, ServletInputStream in, long declared) throws IOException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        // Not the declared size at once: a caller may declare much and send nothing.
        byte[] bytes = new byte[declared > 0 && declared < FIRST_BYTES ? (int) declared : FIRST_BYTES];
        int size = 0;
        while (true) {
            int read = in.read(bytes, size, bytes.length - size);
            if (read < 0) {
                return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
            }
            size += read;
            if (size > bytesMax) {
                throw tooLarge("is longer");
            }
            if (System.nanoTime() > deadline) {
                throw timeout();
            }
            if (size == bytes.length) {
                if (size == declared) {
                    // All there is; the end itself is still to be read, so that the connection can be watched.
                    if (in.read() < 0) {
                        return bytes;
                    }
                    throw new ApiException(ErrorKind.MALFORMED_REQUEST, "The body is longer than its Content-Length.");
                }
                int grown = Math.min(bytes.length * 2, bytesMax + 1);
                take(exchange, grown - bytes.length);
                bytes = Arrays.copyOf(bytes, grown);
            }
        }
    }

    private void take(Exchange exchange, int bytes) {
        if (!budget.take(bytes)) {
            throw new ApiException(
                    ErrorKind.MODEL_UNAVAILABLE,
                    "Unavailable: too many large requests are being read at once.",
                    null,
                    Map.of("Retry-After", "1"));
        }
        exchange.atEnd(() -> budget.give(bytes));
    }

    /**
     * Only JSON, and only when it says so: a web page of another origin may send plain text or a form without asking the browser's
     * permission, and must not reach a server that listens on this machine without a key.
     */
    private static void checkType(@Nullable String contentType) {
        if (contentType == null) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED_MEDIA_TYPE, "No Content-Type given: send the body as 'application/json'.");
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 8);
        String type = parts[0].strip();
        boolean json = type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
        boolean utf8 = true;
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            utf8 &= !parameter.startsWith("charset=")
                    || parameter.equals("charset=utf-8")
                    || parameter.equals("charset=utf8");
        }
        if (!json || !utf8) {
            String shown = contentType.length() > 60 ? contentType.substring(0, 60) + "…" : contentType;
            throw new ApiException(
                    ErrorKind.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type '" + shown + "' is not read: send 'application/json' in UTF-8.");
        }
    }

    private ApiException tooLarge(String what) {
        return new ApiException(
                ErrorKind.INPUT_TOO_LARGE, "The request body " + what + "; the limit is " + bytesMax + " bytes.");
    }

    private ApiException timeout() {
        return new ApiException(
                ErrorKind.REQUEST_TIMEOUT, "The request body did not arrive within " + timeoutMillis + " ms.");
    }
}
