package org.carafe.models.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.carafe.models.CheckpointException;

/** Reads a GGUF header front to back. Every read is checked against the file's end and the header limit. */
final class GgufCursor {
    /** The largest vocabularies take 20 MB. */
    private static final long HEADER_BYTES_MAX = 256L << 20;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String label;
    private final MemorySegment file;
    private long position;

    GgufCursor(String label, MemorySegment file) {
        this.label = label;
        this.file = file;
    }

    long position() {
        return position;
    }

    byte int8() {
        return file.get(ValueLayout.JAVA_BYTE, advance(1));
    }

    short int16() {
        return file.get(SHORT, advance(2));
    }

    int int32() {
        return file.get(INT, advance(4));
    }

    long int64() {
        return file.get(LONG, advance(8));
    }

    /**
     * An unsigned 64-bit count.
     *
     * @param what for the message: "has N (what); the limit is"
     * @throws CheckpointException if it exceeds the limit
     */
    long count(String what, long max) {
        long count = int64();
        if (count < 0 || count > max) {
            throw bad("has " + Long.toUnsignedString(count) + " " + what + "; the limit is " + max);
        }
        return count;
    }

    /** A string with its length before it. */
    String string(String what, long bytesMax) {
        long length = count("bytes in " + what, bytesMax);
        byte[] bytes = file.asSlice(advance(length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    CheckpointException bad(String problem) {
        return new CheckpointException(label + " " + problem);
    }

    private long advance(long bytes) {
        long at = position;
        if (bytes > file.byteSize() - at) {
            throw bad("is truncated: its header goes on at byte " + at + ", the file holds " + file.byteSize());
        }
        if (at + bytes > HEADER_BYTES_MAX) {
            throw bad("has a header of more than " + HEADER_BYTES_MAX + " bytes");
        }
        position = at + bytes;
        return at;
    }
}
