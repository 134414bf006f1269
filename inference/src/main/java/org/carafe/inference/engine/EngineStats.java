package org.carafe.inference.engine;

/**
 * The engine after its last step; counters since it was made.
 *
 * @param waiting submitted and not admitted yet, plus preempted
 * @param running sequences with blocks
 * @param blocksTotal blocks of the KV cache
 * @param blocksUsed those that running sequences hold
 * @param blocksCached those that nobody holds and a later prompt may share
 * @param cacheQueryTokens prompt tokens looked up in the prefix cache
 * @param cacheHitTokens those that it had
 * @param preemptions sequences that lost their blocks
 * @param promptTokens prompt tokens of all admitted sequences
 * @param generatedTokens tokens generated
 * @param steps steps that ran
 * @param failedSteps steps that failed
 */
public record EngineStats(
        int waiting,
        int running,
        int blocksTotal,
        int blocksUsed,
        int blocksCached,
        long cacheQueryTokens,
        long cacheHitTokens,
        long preemptions,
        long promptTokens,
        long generatedTokens,
        long steps,
        long failedSteps) {
    /** Share of the KV cache that is in use: 0 to 1. */
    public double kvUse() {
        return (double) blocksUsed / blocksTotal;
    }

    EngineStats withWaitingAtLeast(int atLeast) {
        return atLeast <= waiting
                ? this
                : new EngineStats(
                        atLeast,
                        running,
                        blocksTotal,
                        blocksUsed,
                        blocksCached,
                        cacheQueryTokens,
                        cacheHitTokens,
                        preemptions,
                        promptTokens,
                        generatedTokens,
                        steps,
                        failedSteps);
    }
}
