package org.carafe.inference.vector;

import java.util.Arrays;

/**
 * What each head has seen of each piece of the keys: the largest score, the sum of exponentials over it, and the values weighted by them
 * (as in FlashDecoding). Members write the items that they claimed; after a barrier the pieces are added up, in their order, so
 * that the result does not depend on who did what.
 */
final class PartialAttention {
    /** Fewer are not worth a claim. */
    private static final int PIECE_KEYS_MIN = 32;

    /** Bounds this memory, whatever the context. */
    private static final int PIECES_MAX = 64;

    private final int heads;
    private final int queryWidth;
    private final float[] maxima;
    private final float[] sums;
    private final float[] mixed;

    /**
     * @param headsMax of any layer
     * @param queryWidthMax heads times head width, of any layer
     */
    PartialAttention(int headsMax, int queryWidthMax) {
        heads = headsMax;
        queryWidth = queryWidthMax;
        maxima = new float[PIECES_MAX * headsMax];
        sums = new float[PIECES_MAX * headsMax];
        mixed = new float[PIECES_MAX * queryWidthMax];
    }

    /** How many keys a piece has when there are so many in all; the last may have fewer. */
    static int pieceKeys(int keys) {
        return Math.max(PIECE_KEYS_MIN, Math.ceilDiv(keys, PIECES_MAX));
    }

    /** Nothing is seen of this piece yet. */
    void begin(int piece, int layerHeads, int width) {
        Arrays.fill(maxima, piece * heads, piece * heads + layerHeads, Float.NEGATIVE_INFINITY);
        Arrays.fill(sums, piece * heads, piece * heads + layerHeads, 0);
        int at = mixedAt(piece, 0, width);
        Arrays.fill(mixed, at, at + layerHeads * width, 0);
    }

    /** Makes room for scores up to max: what a head has so far becomes relative to the larger maximum, which is returned. */
    float raise(int piece, int head, int width, float max) {
        float before = maxima[piece * heads + head];
        if (max <= before) {
            return before;
        }
        maxima[piece * heads + head] = max;
        float share = (float) Math.exp(before - max);
        sums[piece * heads + head] *= share;
        int at = mixedAt(piece, head, width);
        for (int i = at; i < at + width; i++) {
            mixed[i] *= share;
        }
        return max;
    }

    void add(int piece, int head, float sum) {
        sums[piece * heads + head] += sum;
    }

    /** Even values, then odd ones, of each head from {@link #mixedAt}. */
    float[] mixed() {
        return mixed;
    }

    /** Heads of a piece lie side by side. */
    int mixedAt(int piece, int head, int width) {
        return piece * queryWidth + head * width;
    }

    /** A head's result over all pieces, in the order of values that the model has. */
    void merge(int pieces, int head, int width, float[] attended) {
        float max = Float.NEGATIVE_INFINITY;
        for (int piece = 0; piece < pieces; piece++) {
            max = Math.max(max, maxima[piece * heads + head]);
        }
        int to = head * width;
        Arrays.fill(attended, to, to + width, 0);
        float sum = 0;
        for (int piece = 0; piece < pieces; piece++) {
            float share = (float) Math.exp(maxima[piece * heads + head] - max);
            sum += share * sums[piece * heads + head];
            int from = mixedAt(piece, head, width);
            for (int i = 0; i < width / 2; i++) {
                attended[to + 2 * i] += share * mixed[from + i];
                attended[to + 2 * i + 1] += share * mixed[from + width / 2 + i];
            }
        }
        for (int i = 0; i < width; i++) {
            attended[to + i] /= sum;
        }
    }
}
