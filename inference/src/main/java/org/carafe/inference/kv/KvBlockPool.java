package org.carafe.inference.kv;

import java.util.function.IntConsumer;

/**
 * Leases the blocks of the KV cache. A block is in one of three states:
 *
 * <ul>
 *   <li><b>in use</b>: leased by one sequence or more (reference count above 0);
 *   <li><b>cached</b>: leased by none, but it holds published content that a later prompt may share; least recently released first,
 *       these are evicted when nothing is free;
 *   <li><b>free</b>: holds nothing of worth.
 * </ul>
 *
 * <p>The law: free + cached + in use = total, each block in exactly one state ({@link #checkLaws}). Every operation takes constant
 * time on arrays of ints. Not thread-safe: the engine thread's.
 */
public final class KvBlockPool {
    /** What {@link #lease()} answers when every block is in use. */
    public static final int NONE = -1;

    private final int total;
    private final int[] references;
    private final boolean[] published;

    /** The free blocks, a stack. */
    private final int[] freeStack;

    private int free;

    /** The cached blocks, a doubly linked ring around index {@code total}: next of the ring's head is the least recently released. */
    private final int[] next;

    private final int[] previous;
    private int cached;
    private IntConsumer onEviction = block -> {};

    public KvBlockPool(int total) {
        assert total > 0 : "a pool has blocks";
        this.total = total;
        references = new int[total];
        published = new boolean[total];
        freeStack = new int[total];
        next = new int[total + 1];
        previous = new int[total + 1];
        for (int block = 0; block < total; block++) {
            freeStack[block] = total - 1 - block;
        }
        free = total;
        next[total] = total;
        previous[total] = total;
    }

    /** Who forgets a cached block's content when the block is leased anew. */
    void onEviction(IntConsumer listener) {
        onEviction = listener;
    }

    public int total() {
        return total;
    }

    public int free() {
        return free;
    }

    public int cached() {
        return cached;
    }

    public int inUse() {
        return total - free - cached;
    }

    /** Blocks that can be leased: free ones and, by eviction, cached ones. */
    public int available() {
        return free + cached;
    }

    public int references(int block) {
        return references[block];
    }

    /** A block for new content, with one reference: a free one, else the least recently released cached one, else {@link #NONE}. */
    public int lease() {
        int block;
        if (free > 0) {
            block = freeStack[--free];
        } else if (cached > 0) {
            block = next[total];
            unlink(block);
            published[block] = false;
            onEviction.accept(block);
        } else {
            return NONE;
        }
        references[block] = 1;
        return block;
    }

    /** One more reference to a block that is in use or cached. */
    public void share(int block) {
        assert references[block] > 0 || published[block] : "a free block holds nothing to share";
        if (references[block]++ == 0) {
            unlink(block);
        }
    }

    /** One reference less; with the last one the block becomes cached, where its content is published, or free. */
    public void release(int block) {
        assert references[block] > 0 : "a block is released as often as it was leased";
        if (--references[block] > 0) {
            return;
        }
        if (published[block]) {
            link(block);
        } else {
            freeStack[free++] = block;
        }
    }

    /** Marks that a leased block's content can be found: with its last reference it becomes cached, not free. */
    void publish(int block) {
        assert references[block] > 0 && !published[block] : "content is published once, by who leases the block";
        published[block] = true;
    }

    private void link(int block) {
        int last = previous[total];
        next[last] = block;
        previous[block] = last;
        next[block] = total;
        previous[total] = block;
        cached++;
    }

    private void unlink(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        cached--;
    }

    /** Walks everything and throws {@link AssertionError} where a law is broken. Linear in the pool: for tests and debugging. */
    public void checkLaws() {
        int[] seen = new int[total];
        for (int i = 0; i < free; i++) {
            seen[freeStack[i]]++;
            law(
                    references[freeStack[i]] == 0 && !published[freeStack[i]],
                    "a free block has no reference and no content");
        }
        int walked = 0;
        for (int block = next[total]; block != total && walked <= total; block = next[block]) {
            seen[block]++;
            walked++;
            law(references[block] == 0 && published[block], "a cached block has content and no reference");
        }
        law(walked == cached, "the ring holds what is counted as cached");
        int used = 0;
        for (int block = 0; block < total; block++) {
            if (references[block] > 0) {
                seen[block]++;
                used++;
            }
            law(seen[block] == 1, "a block is in exactly one state");
        }
        law(free + cached + used == total, "free + cached + in use = total");
    }

    private static void law(boolean holds, String law) {
        if (!holds) {
            throw new AssertionError("broken: " + law);
        }
    }
}
