package org.carafe.models.architecture;

/** The feed-forward part of a block: {@code down(activation(gate(x)) * up(x))}, once or as a choice of experts. */
public sealed interface MlpSpec {
    /** Width between up and down projection (HF {@code intermediate_size}). */
    int intermediateSize();

    /** Activation on the gate. */
    Activation activation();

    /**
     * One gated MLP.
     *
     * @param bias all three projections have a bias (HF {@code mlp_bias})
     */
    record Gated(int intermediateSize, Activation activation, boolean bias) implements MlpSpec {}

    /**
     * Mixtral's sparse mixture: softmax over all experts in float32, the best {@code expertsPerToken}, renormalized to 1.
     *
     * @param experts HF {@code num_local_experts}
     * @param expertsPerToken HF {@code num_experts_per_tok}
     */
    record Experts(int intermediateSize, Activation activation, int experts, int expertsPerToken) implements MlpSpec {}

    /** Gate activations by HF {@code hidden_act} / {@code hidden_activation}. */
    enum Activation {
        /** {@code silu} / {@code swish}. */
        SILU,
        /** {@code gelu_pytorch_tanh} / {@code gelu_new}. */
        GELU_TANH,
        /** {@code gelu}: by the error function. */
        GELU_ERF
    }
}
