package org.carafe.inference.vector;

import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.ModelSpec;

/** One token's vectors that a crew writes together, each member its rows, and reads after a barrier. */
final class Shared {
    final float[] query;
    final float[] splitQuery;
    final float[] key;
    final float[] value;
    final PartialAttention partial;
    final float[] attended;
    final float[] hidden;
    final float[] gate;
    final float[] up;
    final float[] logits;

    Shared(DecoderModel model) {
        ModelSpec spec = model.spec();
        query = new float[queriesMax(spec)];
        splitQuery = new float[queriesMax(spec)];
        key = new float[keysMax(spec)];
        value = new float[keysMax(spec)];
        partial = new PartialAttention(headsMax(spec), queriesMax(spec));
        attended = new float[queriesMax(spec)];
        hidden = new float[spec.hiddenSize()];
        gate = new float[intermediateMax(spec)];
        up = new float[intermediateMax(spec)];
        logits = new float[spec.vocabularySize()];
    }

    private static int queries(LayerSpec layer) {
        return layer.attention().heads() * layer.attention().headDim();
    }

    static int queriesMax(ModelSpec spec) {
        return spec.layers().stream().mapToInt(Shared::queries).max().orElse(0);
    }

    private static int keysMax(ModelSpec spec) {
        return spec.layers().stream()
                .map(LayerSpec::attention)
                .mapToInt(attention -> attention.kvHeads() * attention.headDim())
                .max()
                .orElse(0);
    }

    static int intermediateMax(ModelSpec spec) {
        return spec.layers().stream()
                .mapToInt(layer -> layer.mlp().intermediateSize())
                .max()
                .orElse(0);
    }

    private static int headsMax(ModelSpec spec) {
        return spec.layers().stream()
                .mapToInt(layer -> layer.attention().heads())
                .max()
                .orElse(0);
    }
}
