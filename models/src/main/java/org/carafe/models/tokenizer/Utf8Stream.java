package org.carafe.models.tokenizer;

/** UTF-8 decoded byte by byte; half a character is remembered. Not thread-safe. */
final class Utf8Stream {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint;
    private int missing;
    private int low;
    private int high;
    private int pending;

    /** Bytes of the character that is not complete yet. */
    int pending() {
        return pending;
    }

    void reset() {
        missing = 0;
        pending = 0;
    }

    /** Appends a character where this byte completes one; false where no valid text can hold this byte here (then it is reset). */
    boolean accept(byte value, StringBuilder out) {
        if (missing == 0) {
            if (value >= 0) {
                out.append((char) value);
                return true;
            }
            return start(value & 0xFF);
        }
        int next = value & 0xFF;
        if (next < low || next > high) {
            reset();
            return false;
        }
        codePoint = codePoint << 6 | (next & 0x3F);
        low = 0x80;
        high = 0xBF;
        pending++;
        if (--missing == 0) {
            pending = 0;
            out.appendCodePoint(codePoint);
        }
        return true;
    }

    /** As Rust's {@code String::from_utf8_lossy}: one U+FFFD for each maximal part of an ill-formed sequence. */
    void acceptLossy(byte value, StringBuilder out) {
        boolean inside = missing > 0;
        if (!accept(value, out)) {
            out.append(REPLACEMENT);
            if (inside && !accept(value, out)) {
                out.append(REPLACEMENT);
            }
        }
    }

    /** The end of the bytes, for {@link #acceptLossy}. */
    void finishLossy(StringBuilder out) {
        if (missing > 0) {
            out.append(REPLACEMENT);
            reset();
        }
    }

    /** Bounds of the second byte: Unicode standard, table 3-7. */
    private boolean start(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return false;
        }
        low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        missing = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        codePoint = lead & (0x3F >> missing);
        pending = 1;
        return true;
    }
}
