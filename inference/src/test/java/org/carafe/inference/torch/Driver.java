package org.carafe.inference.torch;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;

/** Drives one sequence through a runner by hand-made plans. */
final class Driver {
    private final ModelRunner runner;
    final IntList tokens;
    final IntList blocks;
    private final int promptTokens;
    private int computed;

    /** @param firstBlock its blocks are this one and those that follow, in reverse order so that none lies beside its successor */
    Driver(ModelRunner runner, int[] prompt, int firstBlock, int tokensMax) {
        this.runner = runner;
        tokens = IntList.copyOf(IntList.of(prompt), tokensMax);
        promptTokens = prompt.length;
        int count = Math.ceilDiv(tokensMax, runner.shape().blockTokens());
        blocks = new IntList(count);
        for (int i = 0; i < count; i++) {
            blocks.add(firstBlock + count - 1 - i);
        }
    }

    /** Parameters that report the log-probabilities of that many alternatives. */
    static SamplingParams reporting(int logprobs) {
        return new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, logprobs, Set.of(), 0);
    }

    BatchPlan.Slice slice(int count, SamplingParams params, int promptLogprobs) {
        boolean reachesEnd = computed + count == tokens.size();
        return new BatchPlan.Slice(
                tokens,
                computed,
                count,
                blocks,
                reachesEnd ? new SamplingState(params, tokens, promptTokens) : null,
                promptLogprobs);
    }

    int left() {
        return tokens.size() - computed;
    }

    void accept(int count, SampledToken sampled) {
        computed += count;
        if (sampled != null) {
            tokens.add(sampled.tokenId());
        }
    }

    /** Forgets all KV, as preemption does. */
    void forget() {
        computed = 0;
    }

    /** Prefills in chunks and generates greedily. */
    int[] greedy(int chunk, int count) {
        while (tokens.size() < promptTokens + count) {
            int now = Math.min(chunk, left());
            StepResult result = runner.step(new BatchPlan(List.of(slice(now, SamplingParams.greedy(), -1))));
            accept(now, result.sampled().getFirst());
        }
        return output();
    }

    int[] output() {
        int[] output = new int[tokens.size() - promptTokens];
        tokens.copyTo(promptTokens, output.length, output, 0);
        return output;
    }
}
