package org.carafe.models.tensor;

/**
 * ggml's blocks of 32 elements (ggml-common.h): a half-precision scale (and minimum), then quants; the low nibbles are the first 16
 * elements, the high ones the last 16. Methods are named as ggml names the types, and decode the block at an offset.
 */
final class SmallBlocks {
    private static final int HALF = 16;

    private SmallBlocks() {}

    /** A little-endian half. */
    static float half(byte[] in, int at) {
        return Float.float16ToFloat((short) ((in[at] & 0xff) | (in[at + 1] << 8)));
    }

    static void q8_0(byte[] in, int at, float[] out, int i) {
        float scale = half(in, at);
        for (int j = 0; j < 2 * HALF; j++) {
            out[i + j] = in[at + 2 + j] * scale;
        }
    }

    static void q4_0(byte[] in, int at, float[] out, int i) {
        float scale = half(in, at);
        for (int j = 0; j < HALF; j++) {
            int pair = in[at + 2 + j];
            out[i + j] = ((pair & 15) - 8) * scale;
            out[i + HALF + j] = (((pair >> 4) & 15) - 8) * scale;
        }
    }

    static void q4_1(byte[] in, int at, float[] out, int i) {
        float scale = half(in, at);
        float minimum = half(in, at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = in[at + 4 + j];
            out[i + j] = (pair & 15) * scale + minimum;
            out[i + HALF + j] = ((pair >> 4) & 15) * scale + minimum;
        }
    }

    static void q5_0(byte[] in, int at, float[] out, int i) {
        float scale = half(in, at);
        int fifth = bits(in, at + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = in[at + 6 + j];
            out[i + j] = (((pair & 15) | fifthOf(fifth, j)) - 16) * scale;
            out[i + HALF + j] = ((((pair >> 4) & 15) | fifthOf(fifth, HALF + j)) - 16) * scale;
        }
    }

    static void q5_1(byte[] in, int at, float[] out, int i) {
        float scale = half(in, at);
        float minimum = half(in, at + 2);
        int fifth = bits(in, at + 4);
        for (int j = 0; j < HALF; j++) {
            int pair = in[at + 8 + j];
            out[i + j] = ((pair & 15) | fifthOf(fifth, j)) * scale + minimum;
            out[i + HALF + j] = (((pair >> 4) & 15) | fifthOf(fifth, HALF + j)) * scale + minimum;
        }
    }

    /** The fifth bits of all 32 elements. */
    private static int bits(byte[] in, int at) {
        return (in[at] & 0xff) | ((in[at + 1] & 0xff) << 8) | ((in[at + 2] & 0xff) << 16) | (in[at + 3] << 24);
    }

    private static int fifthOf(int bits, int element) {
        return ((bits >>> element) & 1) << 4;
    }
}
