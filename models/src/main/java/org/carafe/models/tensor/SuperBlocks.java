package org.carafe.models.tensor;

/**
 * ggml's K-quants (ggml-common.h): blocks of 256 elements with a half-precision scale over small integer scales of sub-blocks.
 * Methods are named as ggml names the types, and decode the block at an offset.
 */
final class SuperBlocks {
    private SuperBlocks() {}

    /** Layout: scale, minimum scale, 12 bytes of 6-bit scales and minimums, 128 bytes of nibbles. */
    static void q4_K(byte[] in, int at, float[] out, int i) {
        float scale = SmallBlocks.half(in, at);
        float minimumScale = SmallBlocks.half(in, at + 2);
        int scales = at + 4;
        int quants = at + 16;
        for (int pair = 0; pair < 4; pair++) {
            int low = i + 64 * pair;
            float lowScale = scale * scale6(in, scales, 2 * pair);
            float lowMinimum = minimumScale * minimum6(in, scales, 2 * pair);
            float highScale = scale * scale6(in, scales, 2 * pair + 1);
            float highMinimum = minimumScale * minimum6(in, scales, 2 * pair + 1);
            for (int j = 0; j < 32; j++) {
                int nibbles = in[quants + 32 * pair + j];
                out[low + j] = lowScale * (nibbles & 15) - lowMinimum;
                out[low + 32 + j] = highScale * ((nibbles >> 4) & 15) - highMinimum;
            }
        }
    }

    /** As {@link #q4_K}, with 32 bytes of fifth bits before the nibbles: byte j has those of element j of each sub-block. */
    static void q5_K(byte[] in, int at, float[] out, int i) {
        float scale = SmallBlocks.half(in, at);
        float minimumScale = SmallBlocks.half(in, at + 2);
        int scales = at + 4;
        int fifths = at + 16;
        int quants = at + 48;
        for (int pair = 0; pair < 4; pair++) {
            int low = i + 64 * pair;
            float lowScale = scale * scale6(in, scales, 2 * pair);
            float lowMinimum = minimumScale * minimum6(in, scales, 2 * pair);
            float highScale = scale * scale6(in, scales, 2 * pair + 1);
            float highMinimum = minimumScale * minimum6(in, scales, 2 * pair + 1);
            for (int j = 0; j < 32; j++) {
                int nibbles = in[quants + 32 * pair + j];
                int fifth = in[fifths + j] >> (2 * pair);
                out[low + j] = lowScale * ((nibbles & 15) | ((fifth & 1) << 4)) - lowMinimum;
                out[low + 32 + j] = highScale * (((nibbles >> 4) & 15) | ((fifth & 2) << 3)) - highMinimum;
            }
        }
    }

    /** Layout: 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, the scale. */
    static void q6_K(byte[] in, int at, float[] out, int i) {
        float scale = SmallBlocks.half(in, at + 208);
        for (int half = 0; half < 2; half++) {
            int low = at + 64 * half;
            int high = at + 128 + 32 * half;
            int scales = at + 192 + 8 * half;
            int to = i + 128 * half;
            for (int sub = 0; sub < 2; sub++) {
                float scale0 = scale * in[scales + sub];
                float scale1 = scale * in[scales + sub + 2];
                float scale2 = scale * in[scales + sub + 4];
                float scale3 = scale * in[scales + sub + 6];
                for (int j = 16 * sub; j < 16 * sub + 16; j++) {
                    int first = in[low + j];
                    int second = in[low + 32 + j];
                    int upper = in[high + j];
                    out[to + j] = scale0 * (((first & 15) | ((upper & 3) << 4)) - 32);
                    out[to + 32 + j] = scale1 * (((second & 15) | (((upper >> 2) & 3) << 4)) - 32);
                    out[to + 64 + j] = scale2 * ((((first >> 4) & 15) | (((upper >> 4) & 3) << 4)) - 32);
                    out[to + 96 + j] = scale3 * ((((second >> 4) & 15) | (((upper >> 6) & 3) << 4)) - 32);
                }
            }
        }
    }

    /** The 6-bit scale of a sub-block: four lie in the low bits of their bytes, the others in nibbles and leftover upper bits. */
    private static int scale6(byte[] in, int scales, int sub) {
        return sub < 4 ? in[scales + sub] & 63 : (in[scales + sub + 4] & 15) | (((in[scales + sub - 4] >> 6) & 3) << 4);
    }

    private static int minimum6(byte[] in, int scales, int sub) {
        return sub < 4
                ? in[scales + sub + 4] & 63
                : ((in[scales + sub + 4] >> 4) & 15) | (((in[scales + sub] >> 6) & 3) << 4);
    }
}
