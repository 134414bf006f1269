package org.carafe.inference.vector;

/** Rotary embedding at one position: halves of a head against each other. Layers of the same frequencies share angles. */
final class Rotation {
    private final DecoderModel model;
    private final int[] sameAs;
    private final float[][] cosines;
    private final float[][] sines;

    Rotation(DecoderModel model) {
        this.model = model;
        int layers = model.layers().size();
        sameAs = new int[layers];
        cosines = new float[layers][];
        sines = new float[layers][];
        for (int layer = 0; layer < layers; layer++) {
            float[] frequencies = model.layers().get(layer).frequencies();
            int first = 0;
            while (model.layers().get(first).frequencies() != frequencies) {
                first++;
            }
            sameAs[layer] = first;
            cosines[layer] = first == layer ? new float[frequencies.length] : cosines[first];
            sines[layer] = first == layer ? new float[frequencies.length] : sines[first];
        }
    }

    /** Angles are rounded to float32, as in the reference implementations. */
    void turnTo(int position) {
        for (int layer = 0; layer < sameAs.length; layer++) {
            if (sameAs[layer] == layer) {
                float[] frequencies = model.layers().get(layer).frequencies();
                for (int i = 0; i < frequencies.length; i++) {
                    float angle = position * frequencies[i];
                    cosines[layer][i] = (float) Math.cos(angle);
                    sines[layer][i] = (float) Math.sin(angle);
                }
            }
        }
    }

    void rotate(int layer, float[] x, int from, int width) {
        float[] cos = cosines[layer];
        float[] sin = sines[layer];
        int half = width / 2;
        for (int i = 0; i < half; i++) {
            float a = x[from + i];
            float b = x[from + half + i];
            x[from + i] = a * cos[i] - b * sin[i];
            x[from + half + i] = b * cos[i] + a * sin[i];
        }
    }
}
