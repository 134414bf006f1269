package org.carafe.inference.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.inference.scheduler.Sequence;

/** A submitted request on its way: the scheduler's sequence, and what the engine owes its reader. */
final class Generation extends Sequence {
    final GenerationRequest request;
    final EventBuffer stream;
    final long submittedNanos;
    final List<TokenLogprobs> promptLogprobs = new ArrayList<>(0);
    private final int[] stopTokenIds;
    boolean promptReported;
    boolean admitted;
    long lastTokenNanos;

    Generation(
            long id,
            GenerationRequest request,
            long submittedNanos,
            long deadlineNanos,
            int streamEventsMax,
            Consumer<Generation> onCancel) {
        super(id, request.account(), request.priority(), deadlineNanos, request.prompt(), request.sampling());
        this.request = request;
        this.submittedNanos = submittedNanos;
        stopTokenIds = new int[request.stopTokenIds().size()];
        int i = 0;
        for (int stop : request.stopTokenIds()) {
            stopTokenIds[i++] = stop;
        }
        stream = new EventBuffer(streamEventsMax, () -> onCancel.accept(this));
    }

    @Override
    protected int promptLogprobs() {
        return promptReported ? -1 : request.promptLogprobs();
    }

    /** Keeps the log-probabilities of positions {@code first ..} of the prompt; those known from before a preemption are passed over. */
    void addPromptLogprobs(int first, List<TokenLogprobs> logprobs) {
        for (int i = 0; i < logprobs.size(); i++) {
            int position = first + i;
            if (position - 1 == promptLogprobs.size() && position < promptTokens()) {
                promptLogprobs.add(logprobs.get(i));
            }
        }
    }

    boolean isStop(int tokenId) {
        for (int stop : stopTokenIds) {
            if (stop == tokenId) {
                return true;
            }
        }
        return false;
    }

    Usage usage() {
        return new Usage(promptTokens(), cachedPromptTokens(), generatedTokens());
    }
}
