package org.carafe.inference.scheduler;

import java.util.function.ToDoubleFunction;

/**
 * Limits of a step and of sharing.
 *
 * @param sequencesMax sequences that run at once
 * @param prefillTokensMax prompt tokens that a step computes, over all sequences; decodes (one token each) come on top
 * @param prefixCache whether beginnings are shared
 * @param accountWeight share of an account against others that wait; above 0, usually 1
 */
public record SchedulerConfig(
        int sequencesMax, int prefillTokensMax, boolean prefixCache, ToDoubleFunction<String> accountWeight) {
    public SchedulerConfig {
        assert sequencesMax > 0 && prefillTokensMax > 0 : "a step does some work";
    }
}
