package org.carafe.inference.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.RopeSpec;

/**
 * A model as the program's attributes; see {@code program.py} for what each means.
 *
 * @param attributes by name
 * @param windows each sliding window in use once, 0 for none
 * @param ropes each rotary embedding in use once, with its head's width
 */
record ProgramSettings(Map<String, Object> attributes, List<Integer> windows, List<Rope> ropes) {
    /** A rotary embedding over heads of that width. */
    record Rope(RopeSpec spec, int headDim) {}

    private static final int QKVO = 4;
    private static final int GATED = 3;

    /** 2 MiB in float32: two such fit a core's share of the caches. */
    private static final int TILE_ELEMENTS = 1 << 19;

    /** Up to this many rows int8 and int4 weights are read by their own kernels; see docs/torch-runner.md. */
    private static final int QUANTIZED_ROWS_MAX = 16;

    /** @param solo whether Java computes the steps of a sequence alone */
    static ProgramSettings of(ModelSpec spec, WeightFormat format, int blockTokens, boolean solo) {
        List<LayerSpec> layers = spec.layers();
        List<Integer> windows = List.copyOf(new LinkedHashSet<>(
                layers.stream().map(layer -> layer.attention().slidingWindow()).toList()));
        List<Rope> ropes = List.copyOf(
                new LinkedHashSet<>(layers.stream().map(ProgramSettings::rope).toList()));
        Map<String, Object> values = new HashMap<>();
        values.put("training", false);
        values.put("layers", layers.size());
        values.put("dtype", format.computeType());
        values.put("epsilon", spec.norm().epsilon());
        values.put("norm_plus_one", spec.norm().weightPlusOne());
        values.put("embedding_scale", spec.embeddingScale());
        values.put("logit_softcap", spec.logitSoftcap());
        values.put("vocabulary", spec.vocabularySize());
        values.put("block_tokens", blockTokens);
        values.put("windows", windows.stream().mapToInt(Integer::intValue).toArray());
        values.put("formats", new int[0]);
        values.put("tiled", solo && format == WeightFormat.INT4);
        values.put("group", TorchOptions.INT4_GROUP);
        values.put("tile", TILE_ELEMENTS);
        values.put("quantized_rows", QUANTIZED_ROWS_MAX);
        values.put("heads", ints(layers, layer -> layer.attention().heads()));
        values.put("kv_heads", ints(layers, layer -> layer.attention().kvHeads()));
        values.put("head_dim", ints(layers, layer -> layer.attention().headDim()));
        values.put(
                "view", ints(layers, layer -> windows.indexOf(layer.attention().slidingWindow())));
        values.put("rope", ints(layers, layer -> ropes.indexOf(rope(layer))));
        values.put("experts", ints(layers, layer -> layer.mlp() instanceof MlpSpec.Experts e ? e.experts() : 0));
        values.put(
                "experts_used",
                ints(layers, layer -> layer.mlp() instanceof MlpSpec.Experts e ? e.expertsPerToken() : 0));
        values.put("activation", ints(layers, layer -> code(layer.mlp().activation())));
        values.put("scale", reals(layers, AttentionSpec::scale));
        values.put("softcap", reals(layers, AttentionSpec::logitSoftcap));
        places(layers, values);
        return new ProgramSettings(values, windows, ropes);
    }

    private static int code(MlpSpec.Activation activation) {
        return switch (activation) {
            case SILU -> 0;
            case GELU_TANH -> 1;
            case GELU_ERF -> 2;
        };
    }

    private static Rope rope(LayerSpec layer) {
        return new Rope(layer.attention().rope(), layer.attention().headDim());
    }

    /** Where each layer's linears and norms begin; {@link WeightLoader} adds them in this order. */
    private static void places(List<LayerSpec> layers, Map<String, Object> values) {
        List<Integer> firstLinear = new ArrayList<>();
        List<Integer> firstNorm = new ArrayList<>();
        boolean[] qkNorm = new boolean[layers.size()];
        boolean[] sandwich = new boolean[layers.size()];
        int linear = 0;
        int norm = 0;
        for (int i = 0; i < layers.size(); i++) {
            LayerSpec layer = layers.get(i);
            firstLinear.add(linear);
            firstNorm.add(norm);
            qkNorm[i] = layer.attention().qkNorm();
            sandwich[i] = layer.sandwichNorms();
            linear += QKVO + (layer.mlp() instanceof MlpSpec.Experts e ? 1 + GATED * e.experts() : GATED);
            norm += (sandwich[i] ? 4 : 2) + (qkNorm[i] ? 2 : 0);
        }
        values.put(
                "first_linear", firstLinear.stream().mapToInt(Integer::intValue).toArray());
        values.put("first_norm", firstNorm.stream().mapToInt(Integer::intValue).toArray());
        values.put("qk_norm", qkNorm);
        values.put("sandwich", sandwich);
    }

    private static int[] ints(List<LayerSpec> layers, java.util.function.ToIntFunction<LayerSpec> value) {
        return layers.stream().mapToInt(value).toArray();
    }

    private static double[] reals(List<LayerSpec> layers, java.util.function.ToDoubleFunction<AttentionSpec> value) {
        return layers.stream()
                .mapToDouble(layer -> value.applyAsDouble(layer.attention()))
                .toArray();
    }
}
