package org.carafe.models.architecture;

/**
 * Grouped-query attention of one layer.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim width of a head
 * @param scale factor on q.k (usually 1/sqrt(headDim); Gemma 1/sqrt(query_pre_attn_scalar))
 * @param logitSoftcap scores become {@code cap * tanh(x / cap)}; 0: none (HF {@code attn_logit_softcapping})
 * @param slidingWindow a token sees itself and the {@code slidingWindow - 1} before it; 0: all
 * @param rope rotary embedding
 * @param qkNorm q and k heads pass an RMSNorm of width headDim before rope (Gemma 3)
 * @param qkvBias q, k and v projections have a bias
 * @param outputBias the output projection has a bias
 */
public record AttentionSpec(
        int heads,
        int kvHeads,
        int headDim,
        double scale,
        double logitSoftcap,
        int slidingWindow,
        RopeSpec rope,
        boolean qkNorm,
        boolean qkvBias,
        boolean outputBias) {}
