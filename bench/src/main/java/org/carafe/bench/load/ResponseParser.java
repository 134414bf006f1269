package org.carafe.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An incremental HTTP/1.1 response parser that does no more than find the body's bytes and the response's end: fixed length or
 * chunked (RFC 9112). One per connection, reused for each response on it.
 */
final class ResponseParser {
    private static final int HEADER_BYTES_MAX = 64 << 10;

    private enum State {
        HEADERS,
        FIXED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        DONE
    }

    /** Takes the body's bytes as they come. */
    interface Body {
        void bytes(byte[] data, int from, int to);
    }

    private final Body body;
    private final StringBuilder line = new StringBuilder();
    private State state = State.HEADERS;
    private int status;
    private int headerBytes;
    private boolean chunked;
    private long remaining;

    ResponseParser(Body body) {
        this.body = body;
    }

    void reset() {
        state = State.HEADERS;
        status = 0;
        headerBytes = 0;
        chunked = false;
        remaining = 0;
        line.setLength(0);
    }

    int status() {
        return status;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Parses what came; bytes after the response's end are an error, for no request is ever sent ahead of an answer. */
    void parse(byte[] data, int length) throws IOException {
        int at = 0;
        while (at < length) {
            switch (state) {
                case FIXED, CHUNK -> {
                    int take = (int) Math.min(remaining, length - at);
                    body.bytes(data, at, at + take);
                    at += take;
                    remaining -= take;
                    if (remaining == 0) {
                        state = state == State.FIXED ? State.DONE : State.CHUNK_END;
                    }
                }
                case DONE -> throw new IOException("the server sent more than its answer");
                case HEADERS, CHUNK_SIZE, CHUNK_END, TRAILER -> {
                    char c = (char) (data[at++] & 0xff);
                    if (c == '\n') {
                        endOfLine();
                    } else if (c != '\r') {
                        line.append(c);
                        if (++headerBytes > HEADER_BYTES_MAX) {
                            throw new IOException("the response's headers are too long");
                        }
                    }
                }
            }
        }
    }

    private void endOfLine() throws IOException {
        String text = line.toString();
        line.setLength(0);
        switch (state) {
            case HEADERS -> header(text);
            case CHUNK_SIZE -> {
                headerBytes = 0;
                int end = text.indexOf(';');
                remaining = parseNumber(end < 0 ? text : text.substring(0, end), 16);
                state = remaining == 0 ? State.TRAILER : State.CHUNK;
            }
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILER -> {
                if (text.isEmpty()) {
                    state = State.DONE;
                }
            }
            default -> throw new IllegalStateException("no line ends in state " + state);
        }
    }

    private void header(String text) throws IOException {
        if (status == 0) {
            if (!text.startsWith("HTTP/1.1 ") || text.length() < 12) {
                throw new IOException("not an HTTP/1.1 response: " + text);
            }
            status = (int) parseNumber(text.substring(9, 12), 10);
        } else if (text.isEmpty()) {
            state = chunked ? State.CHUNK_SIZE : remaining == 0 ? State.DONE : State.FIXED;
        } else {
            int colon = text.indexOf(':');
            String name = text.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
            String value = text.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                remaining = parseNumber(value, 10);
            } else if (name.equals("transfer-encoding")) {
                chunked = value.equalsIgnoreCase("chunked");
            }
        }
    }

    private static long parseNumber(String text, int radix) throws IOException {
        try {
            return Long.parseLong(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("a number was expected in the response, not '" + text + "'", e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
