package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.carafe.inference.IntView;
import org.carafe.models.architecture.AttentionSpec;

/**
 * One query against a sequence's KV blocks. A layer's cache is bf16 [blocks * block tokens, 2, key heads, head width]; as in a bf16
 * matrix, even and odd values are read apart. One thread's own.
 *
 * <p>Work is cut into pieces of keys, and what they find is put together by {@link PartialAttention}. Queries that share a key head go
 * together, four at a time. A head's keys lie kilobytes apart, where no hardware looks ahead and few sets of a cache take them: read head
 * by head, they came from memory at an eighth of its speed. So a stretch of keys is read through once, all heads, before it is used.
 */
final class Attention {
    private static final int TOGETHER = 4;

    /** Keys that are read, scored and mixed before the next: what all heads hold of them stays in a core's own cache. */
    private static final int STRETCH_KEYS = 32;

    private static final int CACHE_LINE_BYTES = 64;

    private final int blockTokens;
    private int[] blocks = {};
    private final float[] scores = new float[TOGETHER * STRETCH_KEYS];
    private int position;

    @SuppressWarnings("UnusedVariable") // without it the JIT leaves out reading ahead
    private int touched;

    Attention(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    /** The query stands at a position of a sequence with that block table. */
    void begin(int position, IntView table) {
        this.position = position;
        int count = position / blockTokens + 1;
        if (blocks.length < count) {
            blocks = new int[2 * count];
        }
        table.copyTo(0, count, blocks, 0);
    }

    /** Writes a head's key and value of this position. */
    void store(AttentionSpec layer, MemorySegment cache, int kvHead, float[] key, float[] value) {
        int width = layer.headDim();
        long at = slot(position) * 2 * layer.kvHeads() * width + (long) kvHead * width;
        long values = (long) layer.kvHeads() * width;
        for (int i = 0; i < width; i++) {
            Bf16.set(cache, at + i, key[kvHead * width + i]);
            Bf16.set(cache, at + values + i, value[kvHead * width + i]);
        }
    }

    /** Puts a head of a query into the same place of {@code split} as {@link #attend} reads it. */
    static void split(float[] query, int from, int width, float scale, float[] split) {
        for (int i = 0; i < width / 2; i++) {
            split[from + i] = query[from + 2 * i] * scale;
            split[from + width / 2 + i] = query[from + 2 * i + 1] * scale;
        }
    }

    /** Where the first key lies that the query sees. */
    private int firstKey(AttentionSpec layer) {
        return layer.slidingWindow() == 0 ? 0 : Math.max(0, position - layer.slidingWindow() + 1);
    }

    /** How many pieces the keys are cut into. */
    int pieces(AttentionSpec layer) {
        int keys = position + 1 - firstKey(layer);
        return Math.ceilDiv(keys, PartialAttention.pieceKeys(keys));
    }

    /**
     * Attends with all heads to one piece of the keys.
     *
     * @param queries of all heads, scaled; each head its even values, then its odd ones
     */
    void attend(AttentionSpec layer, MemorySegment cache, int piece, float[] queries, PartialAttention partial) {
        int first = firstKey(layer);
        int length = PartialAttention.pieceKeys(position + 1 - first);
        int from = first + piece * length;
        int end = Math.min(position + 1, from + length);
        int group = layer.heads() / layer.kvHeads();
        partial.begin(piece, layer.heads(), layer.headDim());
        for (int key = from; key < end; key += STRETCH_KEYS) {
            int to = Math.min(end, key + STRETCH_KEYS);
            touch(layer, cache, key, to);
            for (int kvHead = 0; kvHead < layer.kvHeads(); kvHead++) {
                for (int i = 0; i < group; ) {
                    int count = group - i >= TOGETHER ? TOGETHER : 1;
                    attend(layer, cache, kvHead, kvHead * group + i, count, key, to, queries, piece, partial);
                    i += count;
                }
            }
        }
    }

    private void attend(
            AttentionSpec layer,
            MemorySegment cache,
            int kvHead,
            int head,
            int count,
            int from,
            int to,
            float[] queries,
            int piece,
            PartialAttention partial) {
        int width = layer.headDim();
        long tokenBytes = tokenBytes(layer);
        long keyAt = (long) kvHead * width * Short.BYTES;
        long valueAt = keyAt + tokenBytes / 2;
        for (int key = from, end; key < to; key = end) {
            end = runEnd(key, to);
            long at = slot(key) * tokenBytes + keyAt;
            int s = key - from;
            if (count == TOGETHER) {
                HeadKernels.score4(
                        cache, at, tokenBytes, end - key, width / 2, queries, head * width, scores, s, STRETCH_KEYS);
            } else {
                HeadKernels.score(cache, at, tokenBytes, end - key, width / 2, queries, head * width, scores, s);
            }
        }
        for (int i = 0; i < count; i++) {
            if (layer.logitSoftcap() > 0) {
                Lanes.softcap(scores, i * STRETCH_KEYS, to - from, (float) layer.logitSoftcap());
            }
            float max = Lanes.max(scores, i * STRETCH_KEYS, to - from);
            float shared = partial.raise(piece, head + i, width, max);
            partial.add(piece, head + i, Lanes.exponentials(scores, i * STRETCH_KEYS, to - from, shared));
        }
        int mixedAt = partial.mixedAt(piece, head, width);
        for (int key = from, end; key < to; key = end) {
            end = runEnd(key, to);
            long at = slot(key) * tokenBytes + valueAt;
            int s = key - from;
            if (count == TOGETHER) {
                HeadKernels.mix4(
                        cache, at, tokenBytes, end - key, width / 2, scores, s, STRETCH_KEYS, partial.mixed(), mixedAt);
            } else {
                HeadKernels.mix(cache, at, tokenBytes, end - key, width / 2, scores, s, partial.mixed(), mixedAt);
            }
        }
    }

    /** Reads through the keys and values of all heads, which brings them near as fast as the memory can. */
    private void touch(AttentionSpec layer, MemorySegment cache, int from, int to) {
        long tokenBytes = tokenBytes(layer);
        for (int key = from, end; key < to; key = end) {
            end = runEnd(key, to);
            touched += touch(cache, slot(key) * tokenBytes, (end - key) * tokenBytes);
        }
    }

    private static int touch(MemorySegment cache, long start, long bytes) {
        int sum = 0;
        for (long at = start; at < start + bytes; at += CACHE_LINE_BYTES) {
            sum += cache.get(ValueLayout.JAVA_BYTE, at);
        }
        return sum;
    }

    private static long tokenBytes(AttentionSpec layer) {
        return 2L * layer.kvHeads() * layer.headDim() * Short.BYTES;
    }

    private long slot(int key) {
        return (long) blocks[key / blockTokens] * blockTokens + key % blockTokens;
    }

    /** Where the run of keys ends that lie behind each other, blocks that do included. */
    private int runEnd(int key, int to) {
        int block = key / blockTokens;
        while ((block + 1) * blockTokens < to && blocks[block + 1] == blocks[block] + 1) {
            block++;
        }
        return Math.min(to, (block + 1) * blockTokens);
    }
}
