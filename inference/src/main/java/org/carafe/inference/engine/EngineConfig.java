package org.carafe.inference.engine;

import java.util.function.ToDoubleFunction;
import org.carafe.inference.scheduler.SchedulerConfig;

/**
 * How an engine batches and what it queues.
 *
 * @param sequencesMax sequences that run at once
 * @param prefillTokensMax prompt tokens that one step computes, over all sequences
 * @param waitingMax requests that wait for their first admission; more are refused
 * @param streamEventsMax events that a reader may fall behind before it is cancelled; a token counts one more for every four
 *     log-probabilities that come with it
 * @param prefixCache whether prompts of one account share what they begin with
 * @param accountWeight an account's share against others that wait; above 0
 */
public record EngineConfig(
        int sequencesMax,
        int prefillTokensMax,
        int waitingMax,
        int streamEventsMax,
        boolean prefixCache,
        ToDoubleFunction<String> accountWeight) {
    public EngineConfig {
        assert sequencesMax > 0 && prefillTokensMax > 0 && waitingMax > 0 && streamEventsMax > 0
                : "every limit is positive";
    }

    /** 64 sequences, 512 prefill tokens a step, 1,024 waiting, equal accounts. */
    public static EngineConfig defaults() {
        return new EngineConfig(64, 512, 1024, 8192, true, account -> 1);
    }

    /** How many tokens with that many alternatives each (-1: without log-probabilities) a reader may fall behind. */
    public int streamTokensMax(int alternatives) {
        return Math.ceilDiv(streamEventsMax, EventBuffer.weight(alternatives));
    }

    public EngineConfig withSequencesMax(int value) {
        return new EngineConfig(value, prefillTokensMax, waitingMax, streamEventsMax, prefixCache, accountWeight);
    }

    public EngineConfig withPrefillTokensMax(int value) {
        return new EngineConfig(sequencesMax, value, waitingMax, streamEventsMax, prefixCache, accountWeight);
    }

    public EngineConfig withWaitingMax(int value) {
        return new EngineConfig(sequencesMax, prefillTokensMax, value, streamEventsMax, prefixCache, accountWeight);
    }

    public EngineConfig withStreamEventsMax(int value) {
        return new EngineConfig(sequencesMax, prefillTokensMax, waitingMax, value, prefixCache, accountWeight);
    }

    public EngineConfig withPrefixCache(boolean value) {
        return new EngineConfig(sequencesMax, prefillTokensMax, waitingMax, streamEventsMax, value, accountWeight);
    }

    public EngineConfig withAccountWeight(ToDoubleFunction<String> value) {
        return new EngineConfig(sequencesMax, prefillTokensMax, waitingMax, streamEventsMax, prefixCache, value);
    }

    SchedulerConfig scheduler() {
        return new SchedulerConfig(sequencesMax, prefillTokensMax, prefixCache, accountWeight);
    }
}
