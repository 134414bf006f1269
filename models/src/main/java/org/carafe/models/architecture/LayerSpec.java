package org.carafe.models.architecture;

/**
 * One transformer block.
 *
 * @param attention self-attention
 * @param mlp the feed-forward part
 * @param sandwichNorms besides the norms before attention and MLP there is one after each, before the residual add (Gemma 2, 3)
 */
public record LayerSpec(AttentionSpec attention, MlpSpec mlp, boolean sandwichNorms) {}
