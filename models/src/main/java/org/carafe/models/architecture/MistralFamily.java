package org.carafe.models.architecture;

import java.util.Set;

/** Mistral 7B and its kin: Llama with a sliding window. HF {@code MistralConfig}. */
final class MistralFamily implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(32000, 4096, 14336, 32, 32, 8, 0, 4096 * 32, 1e-6, false);

    @Override
    public Set<String> architectures() {
        return Set.of("MistralForCausalLM");
    }

    @Override
    public ModelSpec spec(String declared, ConfigReader config) {
        CommonConfig common = new CommonConfig(config, DEFAULTS);
        MlpSpec mlp = new MlpSpec.Gated(common.intermediateSize(), common.activation("hidden_act", "silu"), false);
        return new ModelSpec(
                declared,
                common.hiddenSize(),
                common.vocabularySize(),
                common.contextTokensMax(),
                1,
                new NormSpec(common.epsilon(), false),
                common.repeat(new LayerSpec(attention(common, 4096, 10_000), mlp, false)),
                0,
                common.tiedEmbeddings());
    }

    /** Attention as Mistral and Mixtral have it. */
    static AttentionSpec attention(CommonConfig common, int defaultWindow, double defaultTheta) {
        int headDim = common.headDim();
        return new AttentionSpec(
                common.heads(),
                common.kvHeads(),
                headDim,
                1 / Math.sqrt(headDim),
                0,
                common.slidingWindow(defaultWindow),
                common.rope(defaultTheta),
                false,
                false,
                false);
    }

    @Override
    public int defaultEndTokenId() {
        return 2;
    }
}
