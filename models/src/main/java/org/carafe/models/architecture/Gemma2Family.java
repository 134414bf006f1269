package org.carafe.models.architecture;

import java.util.List;
import java.util.Set;

/** Gemma 2: soft caps, a sliding window in every other layer, a norm before and after each part. HF {@code Gemma2Config}. */
final class Gemma2Family implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(256_000, 2304, 9216, 26, 8, 4, 256, 8192, 1e-6, true);

    @Override
    public Set<String> architectures() {
        return Set.of("Gemma2ForCausalLM");
    }

    @Override
    public ModelSpec spec(String declared, ConfigReader config) {
        CommonConfig common = new CommonConfig(config, DEFAULTS);
        boolean bias = config.flag("attention_bias", false);
        int window = common.slidingWindow(4096);
        double scale = 1 / Math.sqrt(config.number("query_pre_attn_scalar", 1e-3, 1e6, 256));
        double softcap = common.softcap("attn_logit_softcapping", 50);
        RopeSpec rope = common.rope(10_000);
        int heads = common.heads();
        int kvHeads = common.kvHeads();
        int headDim = common.headDim();
        MlpSpec mlp = new MlpSpec.Gated(
                common.intermediateSize(), common.activation("hidden_activation", "gelu_pytorch_tanh"), false);
        List<LayerSpec> layers = common.slidingLayers(layer -> layer % 2 == 0).stream()
                .map(sliding -> new AttentionSpec(
                        heads, kvHeads, headDim, scale, softcap, sliding ? window : 0, rope, false, bias, bias))
                .map(attention -> new LayerSpec(attention, mlp, true))
                .toList();
        return new ModelSpec(
                declared,
                common.hiddenSize(),
                common.vocabularySize(),
                common.contextTokensMax(),
                Math.sqrt(common.hiddenSize()),
                new NormSpec(common.epsilon(), true),
                layers,
                common.softcap("final_logit_softcapping", 30),
                common.tiedEmbeddings());
    }

    @Override
    public int defaultEndTokenId() {
        return 1;
    }
}
