package org.carafe.models.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Writes GGUF files, sound and unsound. */
public final class GgufBuilder {
    private static final int ALIGNMENT = 32;

    private final Writer pairs = new Writer();
    private final Writer tensors = new Writer();
    private int version = 3;
    private long tensorCount;
    private long pairCount;
    private int dataBytes;
    private final Writer data = new Writer();

    /** Little-endian bytes. */
    public static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        public Writer int8(int value) {
            bytes.write(value);
            return this;
        }

        public Writer int16(int value) {
            return int8(value).int8(value >> 8);
        }

        public Writer int32(int value) {
            return int16(value).int16(value >> 16);
        }

        public Writer int64(long value) {
            return int32((int) value).int32((int) (value >> 32));
        }

        public Writer string(String value) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            int64(text.length);
            bytes.writeBytes(text);
            return this;
        }

        private void pad() {
            while (bytes.size() % ALIGNMENT != 0) {
                int8(0);
            }
        }
    }

    GgufBuilder version(int value) {
        version = value;
        return this;
    }

    /** Counts that the content need not agree with. */
    GgufBuilder counts(long tensorCountClaimed, long pairCountClaimed) {
        tensorCount = tensorCountClaimed;
        pairCount = pairCountClaimed;
        return this;
    }

    /** A key-value pair; {@code type} is the format's number. */
    public GgufBuilder pair(String key, int type, Consumer<Writer> value) {
        value.accept(pairs.string(key).int32(type));
        pairCount++;
        return this;
    }

    /** A tensor's description; dimensions innermost first, as in files. */
    GgufBuilder tensor(String name, int type, long offset, long... dimensions) {
        tensors.string(name).int32(dimensions.length);
        for (long dimension : dimensions) {
            tensors.int64(dimension);
        }
        tensors.int32(type).int64(offset);
        tensorCount++;
        return this;
    }

    GgufBuilder data(int bytes) {
        dataBytes = bytes;
        return this;
    }

    /** A tensor with its content, behind those before it. */
    public GgufBuilder tensor(String name, int type, byte[] content, long... dimensions) {
        tensor(name, type, data.bytes.size(), dimensions);
        data.bytes.writeBytes(content);
        data.pad();
        return data(data.bytes.size());
    }

    GgufFile file(String label) {
        return GgufFile.of(label, MemorySegment.ofArray(bytes()));
    }

    /** The whole file. */
    public byte[] bytes() {
        Writer file = new Writer();
        file.bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.int32(version).int64(tensorCount).int64(pairCount);
        file.bytes.writeBytes(pairs.bytes.toByteArray());
        file.bytes.writeBytes(tensors.bytes.toByteArray());
        if (dataBytes > 0) {
            file.pad();
        }
        file.bytes.writeBytes(Arrays.copyOf(data.bytes.toByteArray(), dataBytes));
        return file.bytes.toByteArray();
    }
}
