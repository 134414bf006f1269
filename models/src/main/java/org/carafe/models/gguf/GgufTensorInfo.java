package org.carafe.models.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tensor as a GGUF header describes it.
 *
 * @param shape outermost first (the file has the innermost first)
 * @param typeId ggml's number
 * @param offset in the data section, bytes
 */
record GgufTensorInfo(String name, List<Long> shape, int typeId, long offset) {
    private static final long NAME_BYTES_MAX = 1024;
    private static final int RANK_MAX = 4;
    /** Above every file system's files, and small enough that sums cannot overflow. */
    private static final long ELEMENTS_MAX = 1L << 48;

    static GgufTensorInfo read(GgufCursor cursor) {
        String name = cursor.string("a tensor's name", NAME_BYTES_MAX);
        int rank = cursor.int32();
        if (rank < 1 || rank > RANK_MAX) {
            throw cursor.bad("has tensor " + name + " with " + Integer.toUnsignedString(rank) + " dimensions; 1 to "
                    + RANK_MAX + " are possible");
        }
        List<Long> shape = new ArrayList<>();
        long elements = 1;
        for (int i = 0; i < rank; i++) {
            long dimension = cursor.int64();
            if (dimension < 1 || dimension > ELEMENTS_MAX / elements) {
                throw cursor.bad(
                        "has tensor " + name + " with an impossible dimension " + Long.toUnsignedString(dimension));
            }
            elements *= dimension;
            shape.add(dimension);
        }
        Collections.reverse(shape);
        return new GgufTensorInfo(name, List.copyOf(shape), cursor.int32(), cursor.int64());
    }

    /** The type, unless it is newer than Carafe. */
    Optional<GgufType> type() {
        return GgufType.of(typeId);
    }

    /** Bytes in the file; 0 where the type is not known. */
    private long bytes(GgufCursor cursor) {
        GgufType type = type().orElse(null);
        if (type == null) {
            return 0;
        }
        if (shape.getLast() % type.blockElements() != 0) {
            throw cursor.bad(
                    "has tensor " + name + " of shape " + shape + ", whose rows do not fill blocks of " + type);
        }
        return shape.stream().reduce(1L, Math::multiplyExact) / type.blockElements() * type.blockBytes();
    }

    /**
     * By name, once all lie inside the file, aligned, apart from each other.
     *
     * @param start of the data section
     */
    static Map<String, GgufTensorInfo> checked(
            GgufCursor cursor, List<GgufTensorInfo> infos, long alignment, long start, long fileBytes) {
        Map<String, GgufTensorInfo> byName = HashMap.newHashMap(infos.size());
        List<GgufTensorInfo> byOffset = new ArrayList<>(infos);
        byOffset.sort(Comparator.comparingLong(GgufTensorInfo::offset));
        long end = 0;
        for (GgufTensorInfo info : byOffset) {
            if (byName.put(info.name(), info) != null) {
                throw cursor.bad("has tensor " + info.name() + " twice");
            }
            // A negative offset (an unsigned one beyond any file) sorts first and fails here.
            if (info.offset() < end || info.offset() % alignment != 0) {
                throw cursor.bad("has tensor " + info.name() + " at data offset "
                        + Long.toUnsignedString(info.offset()) + ", which overlaps another or is not aligned to "
                        + alignment);
            }
            long bytes = info.bytes(cursor);
            if (bytes > fileBytes - start - info.offset()) {
                throw cursor.bad("is truncated: tensor " + info.name() + " takes " + bytes + " bytes from byte "
                        + (start + info.offset()) + " on, the file holds " + fileBytes);
            }
            end = info.offset() + bytes;
        }
        return byName;
    }
}
