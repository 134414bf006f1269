package org.carafe.models.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.carafe.models.architecture.MlpSpec.Activation;

/**
 * The config.json keys that all families share, with their bounds. A family says its defaults; what it reads beyond these it reads
 * from {@link #config()}.
 */
final class CommonConfig {
    static final int CONTEXT_TOKENS_MAX = 1 << 27;
    private static final int WIDTH_MAX = 1 << 20;
    private static final int LAYERS_MAX = 1024;
    private static final int HEADS_MAX = 4096;
    private static final int HEAD_DIM_MAX = 4096;
    private static final int VOCABULARY_MAX = 1 << 24;

    private final ConfigReader config;
    private final Defaults defaults;

    /**
     * A Hugging Face configuration class's defaults, under its own names.
     *
     * @param numKeyValueHeads 0: as many as attention heads
     * @param headDim 0: hidden size / attention heads
     */
    record Defaults(
            int vocabSize,
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int numKeyValueHeads,
            int headDim,
            int maxPositionEmbeddings,
            double rmsNormEps,
            boolean tieWordEmbeddings) {}

    CommonConfig(ConfigReader config, Defaults defaults) {
        this.config = config;
        this.defaults = defaults;
        if (config.number("partial_rotary_factor", 0, 1, 1) != 1) {
            throw config.invalid("partial_rotary_factor", "below 1 is not supported");
        }
        if (config.flag("use_bidirectional_attention", false)) {
            throw config.invalid("use_bidirectional_attention", "is true: an encoder, which cannot generate text");
        }
    }

    ConfigReader config() {
        return config;
    }

    int vocabularySize() {
        return config.integer("vocab_size", 1, VOCABULARY_MAX, defaults.vocabSize());
    }

    int hiddenSize() {
        return config.integer("hidden_size", 1, WIDTH_MAX, defaults.hiddenSize());
    }

    int intermediateSize() {
        return config.integer("intermediate_size", 1, WIDTH_MAX, defaults.intermediateSize());
    }

    int layers() {
        return config.integer("num_hidden_layers", 1, LAYERS_MAX, defaults.numHiddenLayers());
    }

    int heads() {
        return config.integer("num_attention_heads", 1, HEADS_MAX, defaults.numAttentionHeads());
    }

    int kvHeads() {
        int heads = heads();
        int absent = config.isNull("num_key_value_heads") || defaults.numKeyValueHeads() == 0
                ? heads
                : defaults.numKeyValueHeads();
        int kvHeads = config.integer("num_key_value_heads", 1, HEADS_MAX, absent);
        if (heads % kvHeads != 0) {
            throw config.invalid(
                    "num_key_value_heads", "is " + kvHeads + ", but must divide num_attention_heads " + heads);
        }
        return kvHeads;
    }

    int headDim() {
        int absent = config.isNull("head_dim") || defaults.headDim() == 0 ? hiddenSize() / heads() : defaults.headDim();
        int headDim = config.integer("head_dim", 2, HEAD_DIM_MAX, absent);
        if (headDim < 2 || headDim % 2 != 0) {
            throw config.invalid("head_dim", "is " + headDim + ", but rotary embedding needs a positive even one");
        }
        return headDim;
    }

    int contextTokensMax() {
        return config.integer("max_position_embeddings", 1, CONTEXT_TOKENS_MAX, defaults.maxPositionEmbeddings());
    }

    double epsilon() {
        return config.number("rms_norm_eps", 0, 1, defaults.rmsNormEps());
    }

    boolean tiedEmbeddings() {
        return config.flag("tie_word_embeddings", defaults.tieWordEmbeddings());
    }

    RopeSpec rope(double defaultTheta) {
        return RopeConfig.read(config, defaultTheta, contextTokensMax());
    }

    /** {@code sliding_window}: 0 for null, the default where the key is absent. */
    int slidingWindow(int absent) {
        return config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 0, CONTEXT_TOKENS_MAX, absent);
    }

    /** A soft cap: 0 for null, the default where the key is absent. */
    double softcap(String key, double absent) {
        return config.isNull(key) ? 0 : config.number(key, 0, 1e6, absent);
    }

    /** Whether each layer has the sliding window, by {@code layer_types} where given. */
    List<Boolean> slidingLayers(IntFunction<Boolean> absent) {
        List<String> types = config.texts("layer_types");
        int layers = layers();
        if (!types.isEmpty() && types.size() != layers) {
            throw config.invalid("layer_types", "has " + types.size() + " entries for " + layers + " layers");
        }
        List<Boolean> sliding = new ArrayList<>(layers);
        for (int i = 0; i < layers; i++) {
            sliding.add(types.isEmpty() ? absent.apply(i) : isSliding(types.get(i)));
        }
        return sliding;
    }

    private boolean isSliding(String layerType) {
        return switch (layerType) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default ->
                throw config.invalid(
                        "layer_types",
                        "names " + layerType
                                + ", which is not supported; supported: sliding_attention, full_attention");
        };
    }

    /** The activation of that name. */
    Activation activation(String key, String absent) {
        String name = config.text(key, absent);
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU_ERF;
            default ->
                throw config.invalid(
                        key,
                        "is " + name + ", which is not supported; supported: silu, gelu, gelu_pytorch_tanh, gelu_new");
        };
    }

    /** Equal layers. */
    List<LayerSpec> repeat(LayerSpec layer) {
        return Collections.nCopies(layers(), layer);
    }
}
