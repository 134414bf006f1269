package org.carafe.models.architecture;

import java.util.Set;
import org.carafe.models.architecture.MlpSpec.Activation;

/** Gemma 1: scaled embeddings, {@code 1 + weight} norms, GeGLU. HF {@code GemmaConfig}. */
final class GemmaFamily implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(256_000, 3072, 24576, 28, 16, 16, 256, 8192, 1e-6, true);

    @Override
    public Set<String> architectures() {
        return Set.of("GemmaForCausalLM");
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
        MlpSpec mlp = new MlpSpec.Gated(common.intermediateSize(), activation(common), false);
        return new ModelSpec(
                declared,
                common.hiddenSize(),
                common.vocabularySize(),
                common.contextTokensMax(),
                Math.sqrt(common.hiddenSize()),
                new NormSpec(common.epsilon(), true),
                common.repeat(new LayerSpec(attention, mlp, false)),
                0,
                common.tiedEmbeddings());
    }

    /**
     * The first checkpoints say {@code hidden_act: gelu} but were trained with the tanh form, so transformers takes that unless
     * {@code hidden_activation} says otherwise.
     */
    private static Activation activation(CommonConfig common) {
        if (common.config().has("hidden_activation")) {
            return common.activation("hidden_activation", "gelu_pytorch_tanh");
        }
        Activation declared = common.activation("hidden_act", "gelu_pytorch_tanh");
        return declared == Activation.GELU_ERF ? Activation.GELU_TANH : declared;
    }

    @Override
    public int defaultEndTokenId() {
        return 1;
    }
}
