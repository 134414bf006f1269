package org.carafe.server.http;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of an answer while it is sent, as long as they are few enough and there is memory for them. Not thread-safe: whoever
 * writes an answer holds its lock.
 */
final class Recording {
    private static final int FIRST_BYTES = 4096;

    private final int bytesMax;
    private final MemoryBudget budget;
    private final Consumer<Recording> whole;
    private byte[] bytes = new byte[0];
    private int size;
    private @Nullable String contentType;
    private boolean tooLarge;
    private boolean told;

    /** @param whole told once, when all of a good answer is there and its last byte is not yet sent */
    Recording(int bytesMax, MemoryBudget budget, Consumer<Recording> whole) {
        this.bytesMax = bytesMax;
        this.budget = budget;
        this.whole = whole;
    }

    /** What is sent next. */
    void add(byte[] sent, int length) {
        if (tooLarge) {
            return;
        }
        if (length > bytesMax - size || !grow(size + length)) {
            tooLarge = true;
            giveBack();
            return;
        }
        System.arraycopy(sent, 0, bytes, size, length);
        size += length;
    }

    private boolean grow(int needed) {
        if (needed <= bytes.length) {
            return true;
        }
        int grown = Math.min(bytesMax, Math.max(FIRST_BYTES, Math.max(needed, bytes.length * 2)));
        if (!budget.take(grown - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, grown);
        return true;
    }

    /** That was all of it. */
    void end(String type) {
        if (!tooLarge && !told) {
            told = true;
            contentType = type;
            whole.accept(this);
        }
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Of the whole answer. */
    String contentType() {
        assert contentType != null : "the answer is whole";
        return contentType;
    }

    /** Gives its memory back. */
    void giveBack() {
        budget.give(bytes.length);
        bytes = new byte[0];
        size = 0;
    }
}
