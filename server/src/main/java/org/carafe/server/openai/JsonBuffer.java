package org.carafe.server.openai;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * JSON straight into a byte array that is used again: no string, tree or generator per token. Knows commas, escapes and UTF-8; the
 * caller keeps the order of things. Not thread-safe. What would make it longer than its limit is refused ({@code INVALID_VALUE}).
 */
public final class JsonBuffer {
    /** An array that grew beyond this is let go by {@link #clear()}: one huge answer must not stay in memory. */
    private static final int KEPT_BYTES_MAX = 1 << 16;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    /** Most that one answer is; above it stands a limit on what a request may ask for. */
    private static final int BYTES_MAX = 1 << 29;

    private final int bytesMax;
    private byte[] bytes = new byte[1024];
    private int size;

    public JsonBuffer() {
        this(BYTES_MAX);
    }

    /** @param bytesMax what it holds at most; at least 1024 */
    JsonBuffer(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes written since the last {@link #clear()}. */
    public int size() {
        return size;
    }

    /** Forgets all. */
    public void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[1024];
        }
    }

    /** Writes all to a stream. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Opens an object. */
    public JsonBuffer open() {
        return separated().put('{');
    }

    /** Closes an object. */
    public JsonBuffer close() {
        return put('}');
    }

    /** Opens an array. */
    public JsonBuffer openArray() {
        return separated().put('[');
    }

    /** Closes an array. */
    public JsonBuffer closeArray() {
        return put(']');
    }

    /** A name; its value follows. Names are the server's own: no escaping. */
    public JsonBuffer name(String name) {
        separated().put('"');
        latin(name);
        return put('"').put(':');
    }

    /** A string; lone surrogates become U+FFFD, as UTF-8 cannot carry them. */
    public JsonBuffer text(CharSequence text) {
        separated().put('"');
        escaped(text);
        return put('"');
    }

    /** An integer. */
    public JsonBuffer number(long value) {
        separated();
        if (value < 0) {
            latin(Long.toString(value));
            return this;
        }
        ensure(20);
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** A decimal number, digit by digit as it is. */
    public JsonBuffer number(BigDecimal value) {
        separated();
        latin(value.toPlainString());
        return this;
    }

    /** A number; JSON has no infinities: they become ±9999, as OpenAI spells an impossible token's log-probability. */
    public JsonBuffer number(float value) {
        separated();
        if (Float.isFinite(value)) {
            latin(Float.toString(value));
        } else {
            latin(value > 0 ? "9999.0" : "-9999.0");
        }
        return this;
    }

    /** A boolean. */
    public JsonBuffer flag(boolean value) {
        separated();
        return raw(value ? TRUE : FALSE);
    }

    /** {@code null}. */
    public JsonBuffer none() {
        separated();
        return raw(NULL);
    }

    /** Bytes as they are. */
    public JsonBuffer raw(byte[] raw) {
        ensure(raw.length);
        System.arraycopy(raw, 0, bytes, size, raw.length);
        size += raw.length;
        return this;
    }

    /** ASCII bytes, to be kept and written by {@link #raw}. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The inside of a string. */
    public JsonBuffer escaped(CharSequence text) {
        int length = text.length();
        // Three bytes are the most a UTF-16 unit takes, six those of an escape.
        for (int i = 0; i < length; i++) {
            ensure(6);
            char c = text.charAt(i);
            if (c >= 0x80) {
                i += beyondAscii(text, i, c);
            } else if (c < ' ' || c == '"' || c == '\\' || c == 0x7f) {
                escape(c);
            } else {
                bytes[size++] = (byte) c;
            }
        }
        return this;
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[c >> 4];
                bytes[size++] = HEX[c & 15];
            }
        }
    }

    /** Writes a character as UTF-8; returns how many units beyond the first it took. */
    private int beyondAscii(CharSequence text, int index, char c) {
        if (c < 0x800) {
            bytes[size++] = (byte) (0xc0 | (c >> 6));
            bytes[size++] = (byte) (0x80 | (c & 0x3f));
            return 0;
        }
        if (!Character.isSurrogate(c)) {
            threeBytes(c);
            return 0;
        }
        if (Character.isHighSurrogate(c)
                && index + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(index + 1))) {
            int point = Character.toCodePoint(c, text.charAt(index + 1));
            bytes[size++] = (byte) (0xf0 | (point >> 18));
            bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3f));
            bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3f));
            bytes[size++] = (byte) (0x80 | (point & 0x3f));
            return 1;
        }
        threeBytes('\uFFFD');
        return 0;
    }

    private void threeBytes(char c) {
        bytes[size++] = (byte) (0xe0 | (c >> 12));
        bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[size++] = (byte) (0x80 | (c & 0x3f));
    }

    /** A comma, unless something was just opened or named. */
    private JsonBuffer separated() {
        if (size > 0) {
            byte last = bytes[size - 1];
            // A string's inside never ends here, its closing quote does; so the last byte tells what came before.
            if (last != '{' && last != '[' && last != ':' && last != ' ' && last != '\n') {
                put(',');
            }
        }
        return this;
    }

    private void latin(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    private JsonBuffer put(char c) {
        ensure(1);
        bytes[size++] = (byte) c;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        if (more > bytesMax - size) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "The answer is longer than " + bytesMax
                            + " bytes, the most there is. Ask for fewer choices, tokens or log-probabilities.");
        }
        // Doubled: below the limit no sum overflows.
        bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(bytes.length * 2L, size + more)));
    }
}
