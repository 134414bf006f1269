package org.carafe.models.architecture;

import java.util.Set;

/** Llama 1 to 3.3 and every checkpoint that declares the same architecture (SmolLM2, TinyLlama, Yi, ...). HF {@code LlamaConfig}. */
final class LlamaFamily implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(32000, 4096, 11008, 32, 32, 0, 0, 2048, 1e-6, false);

    @Override
    public Set<String> architectures() {
        return Set.of("LlamaForCausalLM");
    }

    @Override
    public ModelSpec spec(String declared, ConfigReader config) {
        CommonConfig common = new CommonConfig(config, DEFAULTS);
        boolean bias = config.flag("attention_bias", false);
        int headDim = common.headDim();
        AttentionSpec attention = new AttentionSpec(
                common.heads(),
                common.kvHeads(),
                headDim,
                1 / Math.sqrt(headDim),
                0,
                0,
                common.rope(10_000),
                false,
                bias,
                bias);
        MlpSpec mlp = new MlpSpec.Gated(
                common.intermediateSize(), common.activation("hidden_act", "silu"), config.flag("mlp_bias", false));
        return new ModelSpec(
                declared,
                common.hiddenSize(),
                common.vocabularySize(),
                common.contextTokensMax(),
                1,
                new NormSpec(common.epsilon(), false),
                common.repeat(new LayerSpec(attention, mlp, false)),
                0,
                common.tiedEmbeddings());
    }

    @Override
    public int defaultEndTokenId() {
        return 2;
    }
}
