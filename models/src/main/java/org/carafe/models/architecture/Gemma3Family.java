package org.carafe.models.architecture;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gemma 3, text: five local layers with a window and their own rope base to each global one, norms on queries and keys. Of the
 * multimodal checkpoints the text part is read. HF {@code Gemma3TextConfig}.
 */
final class Gemma3Family implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(262_208, 2304, 9216, 26, 8, 4, 256, 131_072, 1e-6, true);
    private static final String MULTIMODAL = "Gemma3ForConditionalGeneration";
    private static final double GLOBAL_THETA = 1_000_000;
    private static final double LOCAL_THETA = 10_000;

    @Override
    public Set<String> architectures() {
        return Set.of("Gemma3ForCausalLM", MULTIMODAL);
    }

    @Override
    public ModelSpec spec(String declared, ConfigReader config) {
        ConfigReader text = config.object("text_config").orElse(config);
        CommonConfig common = new CommonConfig(text, DEFAULTS);
        boolean bias = text.flag("attention_bias", false);
        int window = common.slidingWindow(4096);
        double scale = 1 / Math.sqrt(text.number("query_pre_attn_scalar", 1e-3, 1e6, 256));
        double softcap = common.softcap("attn_logit_softcapping", 0);
        RopeSpec global = rope(common, "full_attention", "rope_theta", GLOBAL_THETA);
        RopeSpec local = rope(common, "sliding_attention", "rope_local_base_freq", LOCAL_THETA);
        int pattern = text.integer("sliding_window_pattern", 1, 1024, 6);
        int heads = common.heads();
        int kvHeads = common.kvHeads();
        int headDim = common.headDim();
        MlpSpec mlp = new MlpSpec.Gated(
                common.intermediateSize(), common.activation("hidden_activation", "gelu_pytorch_tanh"), false);
        List<LayerSpec> layers = common.slidingLayers(layer -> (layer + 1) % pattern != 0).stream()
                .map(sliding -> new AttentionSpec(
                        heads,
                        kvHeads,
                        headDim,
                        scale,
                        softcap,
                        sliding ? window : 0,
                        sliding ? local : global,
                        true,
                        bias,
                        bias))
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
                common.softcap("final_logit_softcapping", 0),
                common.tiedEmbeddings());
    }

    /** {@code rope_parameters} has an object per kind of layer; before it, {@code rope_scaling} was for global layers only. */
    private static RopeSpec rope(CommonConfig common, String layerType, String thetaKey, double defaultTheta) {
        ConfigReader config = common.config();
        double theta = config.number(thetaKey, 1, 1e12, defaultTheta);
        Optional<ConfigReader> parameters = config.object("rope_parameters").flatMap(kinds -> kinds.object(layerType));
        if (parameters.isPresent()) {
            return RopeConfig.parameters(parameters.get(), theta, common.contextTokensMax());
        }
        Optional<ConfigReader> scaling =
                layerType.equals("full_attention") ? config.object("rope_scaling") : Optional.empty();
        return new RopeSpec(
                theta,
                scaling.map(object -> RopeConfig.scaling(object, common.contextTokensMax()))
                        .orElseGet(RopeScaling.None::new));
    }

    /** The multimodal checkpoints keep the language model under a prefix, which transformers moved once. */
    @Override
    public List<TensorSource> sources(ModelSpec spec, String tensorName) {
        TensorSource plain = TensorSource.whole(tensorName);
        if (!spec.architecture().equals(MULTIMODAL)) {
            return List.of(plain);
        }
        return List.of(
                TensorSource.whole("language_model." + tensorName),
                TensorSource.whole(tensorName.replaceFirst("^model\\.", "model.language_model.")),
                plain);
    }

    @Override
    public int defaultEndTokenId() {
        return 1;
    }
}
