package org.carafe.inference.runner;

/**
 * What a loaded runner can hold.
 *
 * @param name runner and numeric mode, e.g. {@code torch-cpu-bf16}; part of {@code system_fingerprint}
 * @param vocabularySize logits per position
 * @param contextTokensMax longest sequence it was loaded for
 * @param blockTokens tokens of one KV block
 * @param kvBlocks blocks in the KV cache
 * @param weightBytes bytes of weights as loaded
 * @param kvBytes bytes of the KV cache
 */
public record RunnerShape(
        String name,
        int vocabularySize,
        int contextTokensMax,
        int blockTokens,
        int kvBlocks,
        long weightBytes,
        long kvBytes) {
    public RunnerShape {
        assert vocabularySize > 0 && contextTokensMax > 0 && blockTokens > 0 && kvBlocks > 0
                : "a runner holds at least one block";
    }
}
