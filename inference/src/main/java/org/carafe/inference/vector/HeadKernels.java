package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Queries of one key head times a run of its keys or values, which are bf16 and lie {@code stride} bytes apart from {@code start} on. As in a bf16
 * matrix, an int of memory holds two values, which are read apart: queries and results have the even values of a head first, {@code half} of
 * them, then the odd ones. Queries lie side by side.
 */
final class HeadKernels {
    private HeadKernels() {}

    /** Four queries times each key of a run; scores of a query lie side by side. */
    static void score4(
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
                FloatVector even = Bf16.lower(pair);
                FloatVector odd = Bf16.upper(pair);
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
        for (int head = 0; vectorized < half && head < 4; head++) {
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
    static void score(
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
                a = Bf16.lower(pair).fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + j), a);
                b = Bf16.upper(pair).fma(FloatVector.fromArray(Lanes.FLOATS, queries, q + half + j), b);
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
    static void mix4(
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
                FloatVector even = Bf16.lower(pair);
                FloatVector odd = Bf16.upper(pair);
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
        for (int head = 0; vectorized < half && head < 4; head++) {
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
    static void mix(
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
                even = Bf16.lower(pair).fma(score, even);
                odd = Bf16.upper(pair).fma(score, odd);
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
}
