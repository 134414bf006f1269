package org.carafe.inference.torch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.NormSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.RopeSpec;

/** Tiny models with every setting that the golden checkpoints lack. */
final class Specs {
    private static final int HIDDEN = 48;
    private static final int VOCABULARY = 96;
    private static final int CONTEXT = 256;

    private Specs() {}

    static Map<String, ModelSpec> all() {
        Map<String, ModelSpec> specs = new TreeMap<>();
        MlpSpec silu = new MlpSpec.Gated(64, MlpSpec.Activation.SILU, false);
        MlpSpec tanh = new MlpSpec.Gated(64, MlpSpec.Activation.GELU_TANH, false);
        RopeSpec plain = new RopeSpec(10_000, new RopeScaling.None());
        RopeSpec wide = new RopeSpec(1_000_000, new RopeScaling.Linear(8));
        AttentionSpec mha = attention(4, 4, 16, 0, 0, plain, false, false);
        specs.put("plain", model(new LayerSpec(mha, silu, false), new LayerSpec(mha, silu, false), 1, false, 0, false));
        LayerSpec gemma = new LayerSpec(attention(4, 1, 16, 0, 0, plain, false, false), tanh, false);
        specs.put("gemma1", model(gemma, gemma, Math.sqrt(HIDDEN), true, 0, true));
        specs.put(
                "gemma3",
                model(
                        new LayerSpec(attention(4, 2, 8, 12, 0, plain, true, false), tanh, true),
                        new LayerSpec(attention(4, 2, 8, 0, 0, wide, true, false), tanh, true),
                        Math.sqrt(HIDDEN),
                        true,
                        0,
                        true));
        specs.put(
                "gemma2-caps",
                model(
                        new LayerSpec(attention(4, 2, 8, 9, 3, plain, false, false), tanh, true),
                        new LayerSpec(attention(4, 2, 8, 0, 3, plain, false, false), tanh, true),
                        Math.sqrt(HIDDEN),
                        true,
                        5,
                        true));
        LayerSpec biased = new LayerSpec(
                attention(6, 3, 8, 0, 0, plain, false, true),
                new MlpSpec.Gated(40, MlpSpec.Activation.GELU_ERF, true),
                false);
        specs.put("biases-gelu", model(biased, biased, 1, false, 0, false));
        LayerSpec linear = new LayerSpec(
                attention(4, 2, 16, 0, 0, new RopeSpec(10_000, new RopeScaling.Linear(4)), false, false), silu, false);
        specs.put("rope-linear", model(linear, linear, 1, false, 0, true));
        LayerSpec dynamic = new LayerSpec(
                attention(4, 2, 16, 0, 0, new RopeSpec(10_000, new RopeScaling.Dynamic(2, 64)), false, false),
                silu,
                false);
        specs.put("rope-dynamic", model(dynamic, dynamic, 1, false, 0, true));
        LayerSpec mixed = new LayerSpec(
                attention(4, 2, 12, 7, 0, plain, false, false),
                new MlpSpec.Experts(32, MlpSpec.Activation.SILU, 5, 3),
                false);
        specs.put("experts-window", model(mixed, new LayerSpec(mha, silu, false), 1, false, 0, false));
        return specs;
    }

    private static AttentionSpec attention(
            int heads, int kvHeads, int headDim, int window, double cap, RopeSpec rope, boolean qkNorm, boolean bias) {
        return new AttentionSpec(
                heads, kvHeads, headDim, 1 / Math.sqrt(headDim + 3), cap, window, rope, qkNorm, bias, bias);
    }

    private static ModelSpec model(
            LayerSpec first, LayerSpec second, double embeddingScale, boolean plusOne, double cap, boolean tied) {
        return new ModelSpec(
                "Test",
                HIDDEN,
                VOCABULARY,
                CONTEXT,
                embeddingScale,
                new NormSpec(1e-6, plusOne),
                List.of(first, second, first),
                cap,
                tied);
    }
}
