package org.carafe.server.http;

import java.util.Arrays;
import org.carafe.server.ledger.AnswerToKeep;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of an answer while it is sent, as long as they are few enough and there is memory for them, and hands them over when
 * it is whole; what is sent after that, or after its memory was given back, such as why a stream ended, is nobody's. Not thread-safe:
 * whoever writes an answer holds its lock.
 */
final class Recording {
    private static final int FIRST_BYTES = 4096;

    private final int bytesMax;
    private final MemoryBudget budget;
    private final Keeper keeper;
    private byte[] bytes = new byte[0];
    private int size;
    private boolean over;
    private boolean handedOver;

    /** Where a whole answer goes. */
    interface Keeper {
        /**
         * What its settlement is to keep.
         *
         * @param over to be called when nothing of it is in memory any more
         * @return null: it is not kept, and {@code over} is never called
         */
        @Nullable
        AnswerToKeep keep(String contentType, byte[] answer, Runnable over);
    }

    Recording(int bytesMax, MemoryBudget budget, Keeper keeper) {
        this.bytesMax = bytesMax;
        this.budget = budget;
        this.keeper = keeper;
    }

    /** What is sent next. */
    void add(byte[] sent, int length) {
        if (over) {
            return;
        }
        if (length > bytesMax - size || !grow(size + length)) {
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

    /** With these it is whole; null if it cannot be kept. */
    @Nullable
    AnswerToKeep whole(String contentType, byte[] last) {
        assert !handedOver : "an answer is whole once";
        add(last, last.length);
        if (over) {
            return null;
        }
        // What is kept of it takes the same memory until it is settled, which may be late.
        int held = bytes.length;
        AnswerToKeep answer = keeper.keep(contentType, Arrays.copyOf(bytes, size), () -> budget.give(held));
        if (answer != null) {
            over = true;
            handedOver = true;
            bytes = new byte[0];
            size = 0;
        }
        return answer;
    }

    /** Whether its settlement has it, and with it the claim: all else is done there. */
    boolean isHandedOver() {
        return handedOver;
    }

    /** Gives its memory back, and takes no more. */
    void giveBack() {
        over = true;
        budget.give(bytes.length);
        bytes = new byte[0];
        size = 0;
    }
}
