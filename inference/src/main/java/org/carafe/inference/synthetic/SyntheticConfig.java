package org.carafe.inference.synthetic;

/**
 * What a runner without a model pretends.
 *
 * @param vocabularySize ids it emits are below this
 * @param contextTokensMax longest sequence
 * @param blockTokens tokens of a KV block
 * @param kvBlocks blocks of the KV cache that it does not have
 * @param stepMicros least time of a step, so that each sequence gets 10^6 / stepMicros tokens a second; 0: as fast as possible
 * @param prefillTokensPerSecond speed of prompts, on top of {@code stepMicros}; 0: as fast as possible
 * @param eosTokenId id that ends a sequence, never emitted otherwise; -1: none
 * @param eosAfterTokens sequences emit {@code eosTokenId} after about this many tokens (half to one and a half times, by prompt);
 *     0: never
 * @param failedStep number of the step that fails, counted from 1; 0: none. For tests
 */
public record SyntheticConfig(
        int vocabularySize,
        int contextTokensMax,
        int blockTokens,
        int kvBlocks,
        int stepMicros,
        int prefillTokensPerSecond,
        int eosTokenId,
        int eosAfterTokens,
        long failedStep) {
    public SyntheticConfig {
        assert vocabularySize > 1 && stepMicros >= 0 && prefillTokensPerSecond >= 0 && eosAfterTokens >= 0
                : "parameters are in range";
        assert eosTokenId >= -1 && eosTokenId < vocabularySize : "the end id is in the vocabulary";
    }

    /** As fast as possible, never ending, room for 64 sequences of 8,192 tokens. */
    public static SyntheticConfig of(int vocabularySize) {
        return new SyntheticConfig(vocabularySize, 8192, 16, 64 * 8192 / 16, 0, 0, -1, 0, 0);
    }

    public SyntheticConfig withStepMicros(int value) {
        return new SyntheticConfig(
                vocabularySize,
                contextTokensMax,
                blockTokens,
                kvBlocks,
                value,
                prefillTokensPerSecond,
                eosTokenId,
                eosAfterTokens,
                failedStep);
    }

    public SyntheticConfig withPrefillTokensPerSecond(int value) {
        return new SyntheticConfig(
                vocabularySize,
                contextTokensMax,
                blockTokens,
                kvBlocks,
                stepMicros,
                value,
                eosTokenId,
                eosAfterTokens,
                failedStep);
    }

    public SyntheticConfig withContext(int tokensMax, int blocks) {
        return new SyntheticConfig(
                vocabularySize,
                tokensMax,
                blockTokens,
                blocks,
                stepMicros,
                prefillTokensPerSecond,
                eosTokenId,
                eosAfterTokens,
                failedStep);
    }

    public SyntheticConfig withEos(int tokenId, int afterTokens) {
        return new SyntheticConfig(
                vocabularySize,
                contextTokensMax,
                blockTokens,
                kvBlocks,
                stepMicros,
                prefillTokensPerSecond,
                tokenId,
                afterTokens,
                failedStep);
    }

    public SyntheticConfig withFailedStep(long step) {
        return new SyntheticConfig(
                vocabularySize,
                contextTokensMax,
                blockTokens,
                kvBlocks,
                stepMicros,
                prefillTokensPerSecond,
                eosTokenId,
                eosAfterTokens,
                step);
    }
}
