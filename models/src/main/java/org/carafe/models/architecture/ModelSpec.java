package org.carafe.models.architecture;

import java.util.List;

/**
 * A decoder-only transformer, normalized over all families: what a runner needs to know besides the weights.
 *
 * @param architecture HF {@code architectures[0]}, e.g. {@code LlamaForCausalLM}
 * @param hiddenSize width of the residual stream
 * @param vocabularySize rows of the embedding matrix, and logits per position
 * @param contextTokensMax longest sequence the checkpoint declares ({@code max_position_embeddings})
 * @param embeddingScale factor on embeddings (Gemma: sqrt(hidden), rounded to the weights' dtype by the runner); 1 for most
 * @param norm every RMSNorm of the model
 * @param layers bottom up
 * @param logitSoftcap final logits become {@code cap * tanh(x / cap)}; 0: none (HF {@code final_logit_softcapping})
 * @param tiedEmbeddings the output head is the embedding matrix
 */
public record ModelSpec(
        String architecture,
        int hiddenSize,
        int vocabularySize,
        int contextTokensMax,
        double embeddingScale,
        NormSpec norm,
        List<LayerSpec> layers,
        double logitSoftcap,
        boolean tiedEmbeddings) {
    public ModelSpec {
        layers = List.copyOf(layers);
    }

    /**
     * The longest sequence that can be asked for. It is above {@link #contextTokensMax} where rotary scaling is dynamic: by the smallest
     * factor of the layers that see the whole sequence (as in vLLM).
     */
    public int contextTokensLimit() {
        double factor = layers.stream()
                .map(LayerSpec::attention)
                .filter(attention -> attention.slidingWindow() == 0)
                .mapToDouble(attention -> attention.rope().scaling().reach())
                .min()
                .orElse(1);
        return (int) Math.min(contextTokensMax * factor, CommonConfig.CONTEXT_TOKENS_MAX);
    }
}
