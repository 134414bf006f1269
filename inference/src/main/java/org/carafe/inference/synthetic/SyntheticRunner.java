package org.carafe.inference.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.carafe.inference.IntView;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;
import org.carafe.inference.sampling.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/**
 * Emits tokens at a given rate without a model. The token at a position is a function of the prompt's ends and length, the seed (where
 * the temperature is above 0) and the position: the same request gets the same answer. It pretends a distribution for
 * log-probabilities: half for the token it emits, the rest halved from alternative to alternative. Banned end ids, logit bias of
 * -100 and the end id are respected; penalties and truncation have nothing to act on.
 */
public final class SyntheticRunner implements ModelRunner {
    private static final double BAN_BIAS = -100;
    private static final int HASHED_PROMPT_TOKENS = 32;

    private final SyntheticConfig config;
    private long steps;

    public SyntheticRunner(SyntheticConfig config) {
        this.config = config;
    }

    @Override
    public RunnerShape shape() {
        return new RunnerShape(
                "synthetic",
                config.vocabularySize(),
                config.contextTokensMax(),
                config.blockTokens(),
                config.kvBlocks(),
                0,
                0);
    }

    @Override
    public StepResult step(BatchPlan plan) {
        long start = System.nanoTime();
        steps++;
        if (steps == config.failedStep()) {
            throw new RunnerException("synthetic failure of step " + steps);
        }
        List<@Nullable SampledToken> sampled = new ArrayList<>(plan.slices().size());
        List<List<TokenLogprobs>> promptLogprobs = new ArrayList<>(plan.slices().size());
        int prefilled = 0;
        for (BatchPlan.Slice slice : plan.slices()) {
            SamplingState sampling = slice.sampling();
            sampled.add(sampling == null ? null : sample(sampling));
            promptLogprobs.add(slice.promptLogprobs() < 0 ? List.of() : promptLogprobs(slice));
            prefilled += slice.count() > 1 ? slice.count() : 0;
        }
        waitUntil(start + nanos(prefilled));
        return new StepResult(sampled, promptLogprobs);
    }

    private long nanos(int prefilled) {
        long nanos = config.stepMicros() * 1000L;
        return config.prefillTokensPerSecond() == 0
                ? nanos
                : nanos + prefilled * 1_000_000_000L / config.prefillTokensPerSecond();
    }

    private static void waitUntil(long end) {
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    private SampledToken sample(SamplingState sampling) {
        SamplingParams params = sampling.params();
        long stream = hash(sampling.tokens(), sampling.promptTokens());
        int generated = sampling.generated();
        if (params.temperature() > 0) {
            stream = mix(stream ^ params.seed());
        }
        int tokenId = endsHere(stream, generated, sampling) ? config.eosTokenId() : token(stream, generated, sampling);
        return new SampledToken(tokenId, params.logprobs() < 0 ? null : logprobs(tokenId, params.logprobs()));
    }

    private boolean endsHere(long stream, int generated, SamplingState sampling) {
        if (config.eosTokenId() < 0 || config.eosAfterTokens() == 0 || isBanned(config.eosTokenId(), sampling)) {
            return false;
        }
        long spread = Long.remainderUnsigned(mix(stream), config.eosAfterTokens() + 1L);
        return generated >= config.eosAfterTokens() / 2 + spread;
    }

    /** The first id from a hashed one on that may be chosen. */
    private int token(long stream, int generated, SamplingState sampling) {
        int first = (int) Long.remainderUnsigned(mix(stream + generated), config.vocabularySize());
        for (int i = 0; i < config.vocabularySize(); i++) {
            int id = (first + i) % config.vocabularySize();
            if (id != config.eosTokenId() && !isBanned(id, sampling)) {
                return id;
            }
        }
        return SampledToken.INVALID.tokenId();
    }

    private static boolean isBanned(int id, SamplingState sampling) {
        SamplingParams params = sampling.params();
        return (sampling.bansEnd() && params.bannedUntilMinTokens().contains(id))
                || (!params.logitBias().isEmpty() && params.logitBias().getOrDefault(id, 0.0) <= BAN_BIAS);
    }

    private List<TokenLogprobs> promptLogprobs(BatchPlan.Slice slice) {
        int end = Math.min(slice.start() + slice.count() + 1, slice.tokens().size());
        List<TokenLogprobs> logprobs = new ArrayList<>(slice.count());
        for (int position = slice.start() + 1; position < end; position++) {
            logprobs.add(logprobs(slice.tokens().get(position), slice.promptLogprobs()));
        }
        return logprobs;
    }

    private TokenLogprobs logprobs(int tokenId, int top) {
        List<TokenLogprobs.Alternative> alternatives = new ArrayList<>(top);
        float logprob = (float) -Math.log(2);
        for (int i = 0; i < Math.min(top, config.vocabularySize()); i++) {
            alternatives.add(new TokenLogprobs.Alternative((tokenId + i) % config.vocabularySize(), logprob * (i + 1)));
        }
        return new TokenLogprobs(tokenId, logprob, alternatives);
    }

    /** Over both ends of the prompt and its length. */
    private static long hash(IntView tokens, int promptTokens) {
        long hash = promptTokens;
        int head = Math.min(promptTokens, HASHED_PROMPT_TOKENS);
        for (int i = 0; i < head; i++) {
            hash = mix(hash ^ tokens.get(i));
        }
        for (int i = Math.max(head, promptTokens - HASHED_PROMPT_TOKENS); i < promptTokens; i++) {
            hash = mix(hash ^ tokens.get(i));
        }
        return hash;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public void close() {}
}
