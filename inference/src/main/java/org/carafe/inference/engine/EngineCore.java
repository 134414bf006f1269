package org.carafe.inference.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.inference.scheduler.Scheduler;
import org.carafe.inference.scheduler.Sequence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens on the engine thread: the single-threaded half of {@link Engine}. */
final class EngineCore {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCore.class);

    private final ModelRunner runner;
    private final RunnerShape shape;
    private final EngineClock clock;
    private final EngineListener listener;
    private final QueueGate gate;
    private final Scheduler<Generation> scheduler;
    private final Set<Generation> live = new LinkedHashSet<>();
    private final AdmissionRate admissionRate;
    private long promptTokens;
    private long generatedTokens;
    private long steps;
    private long failedSteps;
    private long ended;
    private boolean listenerFailed;

    EngineCore(ModelRunner runner, EngineConfig config, EngineClock clock, EngineListener listener, QueueGate gate) {
        this.runner = runner;
        this.clock = clock;
        this.listener = listener;
        this.gate = gate;
        shape = runner.shape();
        scheduler = new Scheduler<>(config.scheduler(), shape.kvBlocks(), shape.blockTokens());
        admissionRate = new AdmissionRate(clock.nanos());
    }

    /** Sequences that ended, of all that were submitted. */
    long ended() {
        return ended;
    }

    Scheduler<Generation> scheduler() {
        return scheduler;
    }

    AdmissionRate admissionRate() {
        return admissionRate;
    }

    long nextDeadlineNanos() {
        return scheduler.nextDeadlineNanos();
    }

    EngineStats stats() {
        return new EngineStats(
                scheduler.waiting(),
                scheduler.running().size(),
                scheduler.pool().total(),
                scheduler.pool().inUse(),
                scheduler.pool().cached(),
                scheduler.cacheQueryTokens(),
                scheduler.cacheHitTokens(),
                scheduler.preemptions(),
                promptTokens,
                generatedTokens,
                steps,
                failedSteps);
    }

    void submit(Generation generation) {
        live.add(generation);
        scheduler.add(generation);
    }

    void cancel(Generation generation) {
        if (generation.phase() != Sequence.Phase.ENDED) {
            finish(generation, FinishReason.CANCELLED);
        }
    }

    /** Fails all that wait or run. Trusts nothing but the streams: it also serves when a law broke. */
    void failAll(String message) {
        for (Generation generation : live) {
            if (!generation.admitted) {
                gate.leave(generation.account());
            }
            end(generation, new GenerationEvent.Failed(GenerationEvent.Failure.SHUTDOWN, message, generation.usage()));
        }
        live.clear();
    }

    /** Schedules, runs and commits one batch; returns the tokens computed, 0 where there was nothing to do. */
    int step() {
        long start = clock.nanos();
        expire(start);
        BatchPlan plan = scheduler.plan();
        if (plan == null) {
            return 0;
        }
        List<Generation> batch = scheduler.planned();
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.get(i).admitted) {
                admitted(batch.get(i), start);
            }
        }
        int tokens = plan.tokens();
        long runnerStart = clock.nanos();
        StepResult result = run(plan, batch);
        long runnerEnd = clock.nanos();
        if (result != null) {
            for (int i = 0; i < batch.size(); i++) {
                commit(batch.get(i), plan.slices().get(i), result, i, runnerEnd);
            }
        }
        steps++;
        notify(l -> l.step(
                clock.nanos() - start, runnerEnd - runnerStart, plan.slices().size(), tokens));
        return tokens;
    }

    private void expire(long now) {
        for (Generation late = scheduler.expired(now); late != null; late = scheduler.expired(now)) {
            fail(late, GenerationEvent.Failure.DEADLINE, "the deadline passed while the request waited");
        }
    }

    private void admitted(Generation generation, long now) {
        generation.admitted = true;
        gate.leave(generation.account());
        admissionRate.admitted(now);
        promptTokens += generation.promptTokens();
        notify(l -> l.admitted(now - generation.submittedNanos));
    }

    /** Runs the batch, or fails it as a whole and returns null. */
    private @Nullable StepResult run(BatchPlan plan, List<Generation> batch) {
        try {
            StepResult result = runner.step(plan);
            if (result.sampled().size() != batch.size()
                    || result.promptLogprobs().size() != batch.size()) {
                throw new RunnerException("the runner did not answer each of " + batch.size() + " slices");
            }
            return result;
        } catch (Throwable e) {
            failedSteps++;
            LOG.error("a step of {} sequences failed", batch.size(), e);
            for (int i = 0; i < batch.size(); i++) {
                fail(batch.get(i), GenerationEvent.Failure.RUNNER, "the model's step failed");
            }
            if (isFatal(e)) {
                throw e;
            }
            return null;
        }
    }

    /**
     * Errors after which the process cannot be trusted: another thread may have lost its memory in the middle of anything. The engine
     * ends, and with it the process. A stack is the failed step's own, and given back.
     */
    private static boolean isFatal(Throwable e) {
        return e instanceof VirtualMachineError && !(e instanceof StackOverflowError);
    }

    private void commit(Generation generation, BatchPlan.Slice slice, StepResult result, int index, long now) {
        if (slice.promptLogprobs() >= 0
                && !keepPromptLogprobs(
                        generation, slice, result.promptLogprobs().get(index))) {
            return;
        }
        SampledToken sampled = result.sampled().get(index);
        if (slice.sampling() == null) {
            scheduler.computed(generation);
            return;
        }
        if (sampled == null || !sampled.isValid() || sampled.tokenId() >= shape.vocabularySize()) {
            fail(generation, GenerationEvent.Failure.RUNNER, "the model's output is not a number");
            return;
        }
        scheduler.computed(generation);
        append(generation, sampled, now);
    }

    private boolean keepPromptLogprobs(Generation generation, BatchPlan.Slice slice, List<TokenLogprobs> logprobs) {
        for (int i = 0; i < logprobs.size(); i++) {
            if (Float.isNaN(logprobs.get(i).logprob())) {
                fail(generation, GenerationEvent.Failure.RUNNER, "the model's output is not a number");
                return false;
            }
        }
        generation.addPromptLogprobs(slice.start() + 1, logprobs);
        return true;
    }

    private void append(Generation generation, SampledToken sampled, long now) {
        generatedTokens++;
        if (!generation.promptReported) {
            generation.promptReported = true;
            generation.stream.push(new GenerationEvent.Prompt(
                    generation.cachedPromptTokens(), List.copyOf(generation.promptLogprobs)));
            notify(l -> l.firstToken(now - generation.submittedNanos));
        } else {
            long before = generation.lastTokenNanos;
            notify(l -> l.nextToken(now - before));
        }
        generation.lastTokenNanos = now;
        generation.append(sampled.tokenId());
        generation.stream.push(new GenerationEvent.Token(sampled));
        GenerationRequest request = generation.request;
        if (generation.isStop(sampled.tokenId())) {
            finish(generation, FinishReason.STOP);
        } else if (generation.generatedTokens() >= request.maxTokens()) {
            finish(generation, FinishReason.LENGTH);
        } else if (generation.stream.isFull()) {
            finish(generation, FinishReason.CANCELLED);
        }
    }

    private void finish(Generation generation, FinishReason reason) {
        remove(generation);
        end(generation, new GenerationEvent.Finished(reason, generation.usage()));
    }

    private void fail(Generation generation, GenerationEvent.Failure failure, String message) {
        remove(generation);
        end(generation, new GenerationEvent.Failed(failure, message, generation.usage()));
    }

    private void remove(Generation generation) {
        scheduler.remove(generation);
        live.remove(generation);
        if (!generation.admitted) {
            gate.leave(generation.account());
        }
    }

    private void end(Generation generation, GenerationEvent terminal) {
        ended++;
        generation.stream.end(terminal);
        long nanos = clock.nanos() - generation.submittedNanos;
        notify(l -> l.ended(terminal, generation.usage(), nanos));
    }

    private void notify(Consumer<EngineListener> call) {
        if (listener == EngineListener.NONE) {
            return;
        }
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            if (!listenerFailed) {
                listenerFailed = true;
                LOG.error("the engine's listener failed; further failures are not logged", e);
            }
        }
    }
}
