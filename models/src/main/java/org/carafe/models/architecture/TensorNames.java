package org.carafe.models.architecture;

/**
 * The names under which runners ask for weights, whatever the checkpoint calls them: Hugging Face's Llama names, and for what
 * Llama lacks the names of the family that brought it. Readers translate (a family's own names, GGUF's {@code blk.N...}).
 * Every name ends in {@code .weight} or {@code .bias}; linear weights are {@code [out, in]}.
 */
public final class TensorNames {
    private TensorNames() {}

    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    /** Absent where {@link ModelSpec#tiedEmbeddings()}. */
    public static final String OUTPUT_HEAD = "lm_head.weight";

    /** {@code model.layers.LAYER.PART.weight}. */
    public static String weight(int layer, String part) {
        return "model.layers." + layer + "." + part + ".weight";
    }

    /** {@code model.layers.LAYER.PART.bias}. */
    public static String bias(int layer, String part) {
        return "model.layers." + layer + "." + part + ".bias";
    }

    public static final String ATTENTION_NORM = "input_layernorm";
    public static final String QUERY = "self_attn.q_proj";
    public static final String KEY = "self_attn.k_proj";
    public static final String VALUE = "self_attn.v_proj";
    public static final String ATTENTION_OUTPUT = "self_attn.o_proj";
    public static final String QUERY_NORM = "self_attn.q_norm";
    public static final String KEY_NORM = "self_attn.k_norm";
    /** The norm before the MLP where there are no sandwich norms; with them, the norm after attention. */
    public static final String POST_ATTENTION_NORM = "post_attention_layernorm";
    /** With sandwich norms, the norm before the MLP. */
    public static final String PRE_MLP_NORM = "pre_feedforward_layernorm";
    /** With sandwich norms, the norm after the MLP. */
    public static final String POST_MLP_NORM = "post_feedforward_layernorm";

    public static final String GATE = "mlp.gate_proj";
    public static final String UP = "mlp.up_proj";
    public static final String DOWN = "mlp.down_proj";
    /** Mixtral's router, {@code [experts, hidden]}. */
    public static final String ROUTER = "block_sparse_moe.gate";

    /** Gate projection of an expert. */
    public static String expertGate(int expert) {
        return "block_sparse_moe.experts." + expert + ".w1";
    }

    /** Up projection of an expert. */
    public static String expertUp(int expert) {
        return "block_sparse_moe.experts." + expert + ".w3";
    }

    /** Down projection of an expert. */
    public static String expertDown(int expert) {
        return "block_sparse_moe.experts." + expert + ".w2";
    }
}
