package org.carafe.inference.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * What each head has seen of each piece of the keys: the largest score, the sum of exponentials over it, and the values weighted by them
 * (as in FlashDecoding). Members write the pieces that they claimed; after a barrier the pieces are added up, in their order, so
 * that the result does not depend on who did what.
 */
final class PartialAttention {
    /** Fewer are not worth a claim. */
    private static final int PIECE_KEYS_MIN = 32;

    /** Bounds this memory, whatever the context. */
    static final int PIECES_MAX = 64;

    private final int queryWidth;
    private final float[] maxima;
    private final float[] sums;
    private final float[] mixed;

    /**
     * @param headsMax of any layer
     * @param queryWidthMax heads times head width, of any layer
     */
    PartialAttention(int headsMax, int queryWidthMax) {
        queryWidth = queryWidthMax;
        maxima = new float[headsMax * PIECES_MAX];
        sums = new float[headsMax * PIECES_MAX];
        mixed = new float[PIECES_MAX * queryWidthMax];
    }

    /** How many keys a piece has when there are so many in all; the last may have fewer. */
    static int pieceKeys(int keys) {
        return Math.max(PIECE_KEYS_MIN, Math.ceilDiv(keys, PIECES_MAX));
    }

    /** Nothing is seen of this piece yet. */
    void begin(int piece, int heads, int width) {
        for (int head = 0; head < heads; head++) {
            maxima[head * PIECES_MAX + piece] = Float.NEGATIVE_INFINITY;
            sums[head * PIECES_MAX + piece] = 0;
        }
        int at = mixedAt(piece, 0, width);
        Arrays.fill(mixed, at, at + heads * width, 0);
    }

    /** Makes room for scores up to max: what a head has so far becomes relative to the larger maximum, which is returned. */
    float raise(int piece, int head, int width, float max) {
        int index = head * PIECES_MAX + piece;
        float before = maxima[index];
        if (max <= before) {
            return before;
        }
        maxima[index] = max;
        if (before != Float.NEGATIVE_INFINITY) {
            float share = (float) Math.exp(before - max);
            sums[index] *= share;
            int at = mixedAt(piece, head, width);
            for (int i = at; i < at + width; i++) {
                mixed[i] *= share;
            }
        }
        return max;
    }

    void add(int piece, int head, float sum) {
        sums[head * PIECES_MAX + piece] += sum;
    }

    /** Even values, then odd ones, of each head from {@link #mixedAt}. */
    float[] mixed() {
        return mixed;
    }

    /** Heads of a piece lie side by side. */
    int mixedAt(int piece, int head, int width) {
        return piece * queryWidth + head * width;
    }

    /**
     * A head's result over all pieces, in the order of values that the model has.
     *
     * @param scratch of at least {@link #PIECES_MAX}
     */
    void merge(int pieces, int head, int width, float[] scratch, float[] attended) {
        int first = head * PIECES_MAX;
        System.arraycopy(maxima, first, scratch, 0, pieces);
        Lanes.exponentials(scratch, 0, pieces, Lanes.max(scratch, 0, pieces));
        float sum = 0;
        for (int piece = 0; piece < pieces; piece++) {
            sum += scratch[piece] * sums[first + piece];
        }
        for (int piece = 0; piece < pieces; piece++) {
            scratch[piece] /= sum;
        }
        weigh(pieces, mixedAt(0, head, width), width, scratch);
        int half = width / 2;
        for (int i = 0; i < half; i++) {
            attended[head * width + 2 * i] = mixed[mixedAt(0, head, width) + i];
            attended[head * width + 2 * i + 1] = mixed[mixedAt(0, head, width) + half + i];
        }
    }

    /** Adds up what the pieces have from there on, each times its share, in the first one's place. */
    private void weigh(int pieces, int from, int width, float[] shares) {
        int lanes = Lanes.COUNT;
        int i = 0;
        for (; i <= width - lanes; i += lanes) {
            FloatVector sum = FloatVector.zero(Lanes.FLOATS);
            for (int piece = 0; piece < pieces; piece++) {
                sum = FloatVector.fromArray(Lanes.FLOATS, mixed, from + piece * queryWidth + i)
                        .fma(FloatVector.broadcast(Lanes.FLOATS, shares[piece]), sum);
            }
            sum.intoArray(mixed, from + i);
        }
        for (; i < width; i++) {
            float sum = 0;
            for (int piece = 0; piece < pieces; piece++) {
                sum += shares[piece] * mixed[from + piece * queryWidth + i];
            }
            mixed[from + i] = sum;
        }
    }
}
