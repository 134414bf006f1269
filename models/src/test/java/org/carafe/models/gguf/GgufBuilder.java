package org.carafe.models.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes GGUF files, sound and unsound. */
final class GgufBuilder {
    private final Writer pairs = new Writer();
    private final Writer tensors = new Writer();
    private int version = 3;
    private long tensorCount;
    private long pairCount;
    private int dataBytes;

    /** Little-endian bytes. */
    static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Writer int8(int value) {
            bytes.write(value);
            return this;
        }

        Writer int16(int value) {
            return int8(value).int8(value >> 8);
        }

        Writer int32(int value) {
            return int16(value).int16(value >> 16);
        }

        Writer int64(long value) {
            return int32((int) value).int32((int) (value >> 32));
        }

        Writer string(String value) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            int64(text.length);
            bytes.writeBytes(text);
            return this;
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

    GgufBuilder pair(String key, int type, Consumer<Writer> value) {
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

    GgufFile file(String label) {
        Writer file = new Writer();
        file.bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.int32(version).int64(tensorCount).int64(pairCount);
        file.bytes.writeBytes(pairs.bytes.toByteArray());
        file.bytes.writeBytes(tensors.bytes.toByteArray());
        while (dataBytes > 0 && file.bytes.size() % 32 != 0) {
            file.int8(0);
        }
        file.bytes.writeBytes(new byte[dataBytes]);
        return GgufFile.of(label, MemorySegment.ofArray(file.bytes.toByteArray()));
    }
}
