package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.carafe.inference.IntView;
import org.carafe.models.architecture.AttentionSpec;

/**
 * One query against a sequence's KV blocks, a head at a time. A layer's cache is bf16 [blocks * block tokens, 2, key heads, head width];
 * as in a bf16 matrix, even and odd values are read apart. One thread's own.
 */
final class AttentionHead {
    private static final int SCORES_FIRST = 1024;

    private final int blockTokens;
    private final float[] even;
    private final float[] odd;
    private int[] blocks = {};
    private float[] scores = new float[SCORES_FIRST];
    private int position;

    AttentionHead(int blockTokens, int headDimMax) {
        this.blockTokens = blockTokens;
        even = new float[headDimMax / 2];
        odd = new float[headDimMax / 2];
    }

    /** The query stands at a position of a sequence with that block table. */
    void begin(int position, IntView table) {
        this.position = position;
        int count = position / blockTokens + 1;
        if (blocks.length < count) {
            blocks = new int[2 * count];
        }
        if (scores.length <= position) {
            scores = new float[2 * position];
        }
        table.copyTo(0, count, blocks, 0);
    }

    /** Writes a head's key and value of this position. */
    void store(AttentionSpec layer, MemorySegment cache, int kvHead, float[] key, float[] value) {
        int width = layer.headDim();
        long slot = (long) blocks[position / blockTokens] * blockTokens + position % blockTokens;
        long at = slot * 2 * layer.kvHeads() * width + (long) kvHead * width;
        long values = (long) layer.kvHeads() * width;
        for (int i = 0; i < width; i++) {
            Bf16.set(cache, at + i, key[kvHead * width + i]);
            Bf16.set(cache, at + values + i, value[kvHead * width + i]);
        }
    }

    /** Attends with one head; the result goes to the same place of {@code attended} as the head has in {@code query}. */
    void attend(AttentionSpec layer, MemorySegment cache, int head, float[] query, float[] attended) {
        int width = layer.headDim();
        int kvHead = head / (layer.heads() / layer.kvHeads());
        int half = width / 2;
        float scale = (float) layer.scale();
        for (int i = 0; i < half; i++) {
            even[i] = query[head * width + 2 * i] * scale;
            odd[i] = query[head * width + 2 * i + 1] * scale;
        }
        int first = layer.slidingWindow() == 0 ? 0 : Math.max(0, position - layer.slidingWindow() + 1);
        long tokenBytes = 2L * layer.kvHeads() * width * Short.BYTES;
        long headAt = (long) kvHead * width * Short.BYTES;
        for (int key = first; key <= position; ) {
            int end = Math.min(position + 1, key - key % blockTokens + blockTokens);
            long at = slot(key) * tokenBytes + headAt;
            score(cache, at, tokenBytes, half, key, end);
            key = end;
        }
        int keys = position + 1 - first;
        if (layer.logitSoftcap() > 0) {
            Lanes.softcap(scores, first, keys, (float) layer.logitSoftcap());
        }
        float sum = Lanes.exponentials(scores, first, keys, Lanes.max(scores, first, keys));
        mix(cache, headAt + tokenBytes / 2, tokenBytes, half, first, 1 / sum);
        for (int i = 0; i < half; i++) {
            attended[head * width + 2 * i] = even[i];
            attended[head * width + 2 * i + 1] = odd[i];
        }
    }

    private long slot(int key) {
        return (long) blocks[key / blockTokens] * blockTokens + key % blockTokens;
    }

    /** Query times each key of a run inside one block. */
    private void score(MemorySegment cache, long start, long stride, int half, int key, int end) {
        int lanes = Lanes.COUNT;
        long at = start;
        for (int i = key; i < end; i++, at += stride) {
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            int d = 0;
            for (; d <= half - lanes; d += lanes) {
                IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at + 4L * d, Lanes.LITTLE);
                a = pair.lanewise(VectorOperators.LSHL, Short.SIZE)
                        .reinterpretAsFloats()
                        .fma(FloatVector.fromArray(Lanes.FLOATS, even, d), a);
                b = pair.and(Lanes.UPPER).reinterpretAsFloats().fma(FloatVector.fromArray(Lanes.FLOATS, odd, d), b);
            }
            float score = a.add(b).reduceLanes(VectorOperators.ADD);
            for (; d < half; d++) {
                long pair = at / Short.BYTES + 2L * d;
                score += even[d] * Bf16.get(cache, pair) + odd[d] * Bf16.get(cache, pair + 1);
            }
            scores[i] = score;
        }
    }

    /** The values weighted by their scores, into even and odd. */
    private void mix(MemorySegment cache, long valueAt, long stride, int half, int first, float factor) {
        int lanes = Lanes.COUNT;
        int d = 0;
        for (; d <= half - lanes; d += lanes) {
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            for (int key = first; key <= position; ) {
                int end = Math.min(position + 1, key - key % blockTokens + blockTokens);
                long at = slot(key) * stride + valueAt + 4L * d;
                for (; key < end; key++, at += stride) {
                    IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, cache, at, Lanes.LITTLE);
                    FloatVector score = FloatVector.broadcast(Lanes.FLOATS, scores[key]);
                    a = pair.lanewise(VectorOperators.LSHL, Short.SIZE)
                            .reinterpretAsFloats()
                            .fma(score, a);
                    b = pair.and(Lanes.UPPER).reinterpretAsFloats().fma(score, b);
                }
            }
            a.mul(factor).intoArray(even, d);
            b.mul(factor).intoArray(odd, d);
        }
        for (; d < half; d++) {
            float a = 0;
            float b = 0;
            for (int key = first; key <= position; key++) {
                long pair = (slot(key) * stride + valueAt) / Short.BYTES + 2L * d;
                a += scores[key] * Bf16.get(cache, pair);
                b += scores[key] * Bf16.get(cache, pair + 1);
            }
            even[d] = a * factor;
            odd[d] = b * factor;
        }
    }
}
