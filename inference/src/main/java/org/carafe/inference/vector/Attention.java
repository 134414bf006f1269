package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
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
                score4(cache, at, tokenBytes, end - key, width / 2, queries, head * width, scores, s, STRETCH_KEYS);
            } else {
                score(cache, at, tokenBytes, end - key, width / 2, queries, head * width, scores, s);
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
                mix4(cache, at, tokenBytes, end - key, width / 2, scores, s, STRETCH_KEYS, partial.mixed(), mixedAt);
            } else {
                mix(cache, at, tokenBytes, end - key, width / 2, scores, s, partial.mixed(), mixedAt);
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

    /** Four queries times each key of a run; scores of a query lie side by side. */
    private static void score4(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int half,
            float[] queries,
            int q,
            float[] scores,
            int s,
            int scoreStride) {
        int lanes = Lanes.COUNT;
        int width = 2 * half;
        int vectorized = half / lanes * lanes;
        long at = start;
        for (int i = 0; i < keys; i++, at += stride) {
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int j = 0; j < vectorized; j += lanes) {
                IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at + 4L * j, Lanes.LITTLE);
                FloatVector even = lower(pair);
                FloatVector odd = upper(pair);
                a = even.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + j), a);
                b = even.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + width + j), b);
                c = even.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + 2 * width + j), c);
                d = even.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + 3 * width + j), d);
                a = odd.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + half + j), a);
                b = odd.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + width + half + j), b);
                c = odd.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + 2 * width + half + j), c);
                d = odd.fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + 3 * width + half + j), d);
            }
            scores[s + i] = a.reduceLanes(VectorOperators.ADD);
            scores[s + scoreStride + i] = b.reduceLanes(VectorOperators.ADD);
            scores[s + 2 * scoreStride + i] = c.reduceLanes(VectorOperators.ADD);
            scores[s + 3 * scoreStride + i] = d.reduceLanes(VectorOperators.ADD);
        }
        for (int head = 0; vectorized < half && head < TOGETHER; head++) {
            scoreRest(
                    cache,
                    start,
                    stride,
                    keys,
                    vectorized,
                    half,
                    queries,
                    q + head * width,
                    scores,
                    s + head * scoreStride);
        }
    }

    /** One query times each key of a run. */
    private static void score(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int half,
            float[] queries,
            int q,
            float[] scores,
            int s) {
        int lanes = Lanes.COUNT;
        int vectorized = half / lanes * lanes;
        long at = start;
        for (int i = 0; i < keys; i++, at += stride) {
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            for (int j = 0; j < vectorized; j += lanes) {
                IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at + 4L * j, Lanes.LITTLE);
                a = lower(pair).fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + j), a);
                b = upper(pair).fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + half + j), b);
            }
            scores[s + i] = a.add(b).reduceLanes(VectorOperators.ADD);
        }
        if (vectorized < half) {
            scoreRest(cache, start, stride, keys, vectorized, half, queries, q, scores, s);
        }
    }

    /** The last few values of each key, fewer pairs than lanes. */
    private static void scoreRest(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int from,
            int half,
            float[] queries,
            int q,
            float[] scores,
            int s) {
        long at = start / Short.BYTES;
        for (int i = 0; i < keys; i++, at += stride / Short.BYTES) {
            float sum = 0;
            for (int j = from; j < half; j++) {
                sum += queries[q + j] * Bf16.get(cache, at + 2L * j);
                sum += queries[q + half + j] * Bf16.get(cache, at + 2L * j + 1);
            }
            scores[s + i] += sum;
        }
    }

    /** Adds a run's values, weighted by four queries' scores, to what the queries have: even values, then odd ones, query by query. */
    private static void mix4(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int half,
            float[] scores,
            int s,
            int scoreStride,
            float[] mixed,
            int m) {
        int lanes = Lanes.COUNT;
        int width = 2 * half;
        int vectorized = half / lanes * lanes;
        for (int j = 0; j < vectorized; j += lanes) {
            FloatVector evenA = FloatVector.fromArray(Lanes.FLOATS, mixed, m + j);
            FloatVector evenB = FloatVector.fromArray(Lanes.FLOATS, mixed, m + width + j);
            FloatVector evenC = FloatVector.fromArray(Lanes.FLOATS, mixed, m + 2 * width + j);
            FloatVector evenD = FloatVector.fromArray(Lanes.FLOATS, mixed, m + 3 * width + j);
            FloatVector oddA = FloatVector.fromArray(Lanes.FLOATS, mixed, m + half + j);
            FloatVector oddB = FloatVector.fromArray(Lanes.FLOATS, mixed, m + width + half + j);
            FloatVector oddC = FloatVector.fromArray(Lanes.FLOATS, mixed, m + 2 * width + half + j);
            FloatVector oddD = FloatVector.fromArray(Lanes.FLOATS, mixed, m + 3 * width + half + j);
            long at = start + 4L * j;
            for (int i = 0; i < keys; i++, at += stride) {
                IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at, Lanes.LITTLE);
                FloatVector even = lower(pair);
                FloatVector odd = upper(pair);
                FloatVector a = FloatVector.broadcast(Lanes.FLOATS, scores[s + i]);
                FloatVector b = FloatVector.broadcast(Lanes.FLOATS, scores[s + scoreStride + i]);
                FloatVector c = FloatVector.broadcast(Lanes.FLOATS, scores[s + 2 * scoreStride + i]);
                FloatVector d = FloatVector.broadcast(Lanes.FLOATS, scores[s + 3 * scoreStride + i]);
                evenA = even.fma(a, evenA);
                evenB = even.fma(b, evenB);
                evenC = even.fma(c, evenC);
                evenD = even.fma(d, evenD);
                oddA = odd.fma(a, oddA);
                oddB = odd.fma(b, oddB);
                oddC = odd.fma(c, oddC);
                oddD = odd.fma(d, oddD);
            }
            evenA.intoArray(mixed, m + j);
            evenB.intoArray(mixed, m + width + j);
            evenC.intoArray(mixed, m + 2 * width + j);
            evenD.intoArray(mixed, m + 3 * width + j);
            oddA.intoArray(mixed, m + half + j);
            oddB.intoArray(mixed, m + width + half + j);
            oddC.intoArray(mixed, m + 2 * width + half + j);
            oddD.intoArray(mixed, m + 3 * width + half + j);
        }
        for (int head = 0; vectorized < half && head < TOGETHER; head++) {
            mixRest(
                    cache,
                    start,
                    stride,
                    keys,
                    vectorized,
                    half,
                    scores,
                    s + head * scoreStride,
                    mixed,
                    m + head * width);
        }
    }

    /** The same for one query. */
    private static void mix(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int half,
            float[] scores,
            int s,
            float[] mixed,
            int m) {
        int lanes = Lanes.COUNT;
        int vectorized = half / lanes * lanes;
        for (int j = 0; j < vectorized; j += lanes) {
            FloatVector even = FloatVector.fromArray(Lanes.FLOATS, mixed, m + j);
            FloatVector odd = FloatVector.fromArray(Lanes.FLOATS, mixed, m + half + j);
            long at = start + 4L * j;
            for (int i = 0; i < keys; i++, at += stride) {
                IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at, Lanes.LITTLE);
                FloatVector score = FloatVector.broadcast(Lanes.FLOATS, scores[s + i]);
                even = lower(pair).fma(score, even);
                odd = upper(pair).fma(score, odd);
            }
            even.intoArray(mixed, m + j);
            odd.intoArray(mixed, m + half + j);
        }
        if (vectorized < half) {
            mixRest(cache, start, stride, keys, vectorized, half, scores, s, mixed, m);
        }
    }

    private static void mixRest(
            MemorySegment cache,
            long start,
            long stride,
            int keys,
            int from,
            int half,
            float[] scores,
            int s,
            float[] mixed,
            int m) {
        for (int j = from; j < half; j++) {
            float even = 0;
            float odd = 0;
            long at = start / Short.BYTES + 2L * j;
            for (int i = 0; i < keys; i++, at += stride / Short.BYTES) {
                even += scores[s + i] * Bf16.get(cache, at);
                odd += scores[s + i] * Bf16.get(cache, at + 1);
            }
            mixed[m + j] += even;
            mixed[m + half + j] += odd;
        }
    }

    private static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector pairs) {
        return pairs.and(Lanes.UPPER).reinterpretAsFloats();
    }
}
