package org.carafe.inference.runner;

import java.util.List;
import org.carafe.inference.IntView;
import org.carafe.inference.sampling.SamplingState;
import org.jspecify.annotations.Nullable;

/** One step's work: decodes first, then prefill chunks; each sequence at most once. */
public record BatchPlan(List<Slice> slices) {
    public BatchPlan {
        assert !slices.isEmpty() : "a plan has work";
    }

    /** Tokens that the step computes. */
    public int tokens() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.count();
        }
        return sum;
    }

    /**
     * A run of consecutive tokens of one sequence.
     *
     * @param tokens all ids known of the sequence, prompt and output; only {@code [start, start + count)} are computed. A view
     *     that is valid during the step
     * @param start position of the first token to compute; the KV of all before lies in {@code blocks}
     * @param count how many; 1 for a decode
     * @param blocks the sequence's block table: position p lies in {@code blocks.get(p / blockTokens)}, slot {@code p % blockTokens};
     *     long enough for {@code start + count} tokens. A view that is valid during the step
     * @param sampling null for a chunk that does not reach the end of what is known: nothing is sampled then
     * @param promptLogprobs how many alternatives to report for the known tokens {@code start + 1 .. start + count} that follow each
     *     computed one (those inside {@code tokens}); 0: only their own log-probability; -1: none
     */
    public record Slice(
            IntView tokens,
            int start,
            int count,
            IntView blocks,
            @Nullable SamplingState sampling,
            int promptLogprobs) {
        public Slice {
            assert count > 0 && start >= 0 && start + count <= tokens.size() : "a slice lies inside its sequence";
        }
    }
}
