package org.carafe.inference.sampling;

import java.util.Arrays;
import org.carafe.inference.IntView;

/**
 * Which tokens a sequence holds and how often its output does: what penalties need. Grows with the sequence, token by token, so that
 * a step costs one insertion and a walk over the distinct tokens, never a walk over the sequence.
 */
final class TokenCounts {
    private static final int EMPTY = -1;

    /** Open addressing, linear probing, at most half full. */
    private int[] slots = newSlots(64);

    private int[] ids = new int[32];
    private int[] outputCounts = new int[32];
    private int distinct;
    private int counted;

    /** Counts what was appended since the last call. */
    void catchUp(IntView tokens, int promptTokens) {
        for (; counted < tokens.size(); counted++) {
            int index = indexOf(tokens.get(counted));
            if (counted >= promptTokens) {
                outputCounts[index]++;
            }
        }
    }

    int distinct() {
        return distinct;
    }

    int id(int index) {
        return ids[index];
    }

    /** Occurrences in the output; 0 for a token of the prompt only. */
    int outputCount(int index) {
        return outputCounts[index];
    }

    private int indexOf(int id) {
        int mask = slots.length - 1;
        int slot = hash(id) & mask;
        while (slots[slot] != EMPTY) {
            if (ids[slots[slot]] == id) {
                return slots[slot];
            }
            slot = (slot + 1) & mask;
        }
        if (distinct == ids.length) {
            grow();
            return indexOf(id);
        }
        slots[slot] = distinct;
        ids[distinct] = id;
        return distinct++;
    }

    private void grow() {
        ids = Arrays.copyOf(ids, ids.length * 2);
        outputCounts = Arrays.copyOf(outputCounts, ids.length);
        slots = newSlots(ids.length * 2);
        int mask = slots.length - 1;
        for (int index = 0; index < distinct; index++) {
            int slot = hash(ids[index]) & mask;
            while (slots[slot] != EMPTY) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = index;
        }
    }

    private static int hash(int id) {
        int mixed = id * 0x9E3779B9;
        return mixed ^ (mixed >>> 16);
    }

    private static int[] newSlots(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, EMPTY);
        return slots;
    }
}
