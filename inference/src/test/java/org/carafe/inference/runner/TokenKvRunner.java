package org.carafe.inference.runner;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.Sampler;
import org.carafe.inference.sampling.SamplingState;
import org.carafe.inference.sampling.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/**
 * A runner for tests whose KV cache holds the token ids themselves. Each step writes its slices' tokens into their blocks and then reads
 * every position back through the block tables: a wrong table, a block shared or reused too early, KV that was never computed all show
 * as a token that the sequence does not hold there. Logits are a hash of the tokens <em>read from the cache</em>, so that whatever a
 * sequence generates depends on its whole visible context and on nothing else.
 */
public final class TokenKvRunner implements ModelRunner {
    /** A prompt that holds this id gets logits of NaN. */
    public static final int POISON = 7;

    private static final int NOTHING = -1;

    private final RunnerShape shape;
    private final int[] kv;
    private final Sampler sampler;
    private final float[] logits;
    private boolean failNext;
    private @Nullable Error errorNext;
    private int steps;
    private int largestBatch;
    private int largestPrefill;
    private boolean closed;
    private @Nullable AssertionError broken;

    public TokenKvRunner(int vocabularySize, int contextTokensMax, int blockTokens, int kvBlocks) {
        shape = new RunnerShape("test", vocabularySize, contextTokensMax, blockTokens, kvBlocks, 0, 0);
        kv = new int[kvBlocks * blockTokens];
        Arrays.fill(kv, NOTHING);
        sampler = new Sampler(vocabularySize);
        logits = new float[vocabularySize];
    }

    /** The next step throws after it has written half of its tokens. */
    public void failNext() {
        failNext = true;
    }

    /** The next step throws this. */
    public void throwNext(Error error) {
        errorNext = error;
    }

    public int steps() {
        return steps;
    }

    /** Throws the first thing that was wrong in any step: an engine would take it for a failure of the device and go on. */
    public void check() {
        if (broken != null) {
            throw broken;
        }
    }

    /** Most slices of a step so far. */
    public int largestBatch() {
        return largestBatch;
    }

    /** Most tokens of prefill slices in a step so far. */
    public int largestPrefill() {
        return largestPrefill;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public RunnerShape shape() {
        return shape;
    }

    @Override
    public StepResult step(BatchPlan plan) {
        steps++;
        largestBatch = Math.max(largestBatch, plan.slices().size());
        write(plan);
        throwWhereAsked();
        List<@Nullable SampledToken> sampled = new ArrayList<>();
        List<List<TokenLogprobs>> promptLogprobs = new ArrayList<>();
        for (BatchPlan.Slice slice : plan.slices()) {
            SamplingState sampling = slice.sampling();
            promptLogprobs.add(promptLogprobs(slice));
            long context = readBack(slice, slice.start() + slice.count());
            fillLogits(context);
            sampled.add(sampling == null ? null : sampler.sample(MemorySegment.ofArray(logits), sampling));
        }
        return new StepResult(sampled, promptLogprobs);
    }

    private void write(BatchPlan plan) {
        Map<Integer, BatchPlan.Slice> writers = new HashMap<>();
        int prefill = 0;
        for (BatchPlan.Slice slice : plan.slices()) {
            prefill += slice.sampling() == null || slice.count() > 1 ? slice.count() : 0;
            for (int position = slice.start(); position < slice.start() + slice.count(); position++) {
                BatchPlan.Slice other = writers.put(slot(slice, position), slice);
                if (other != null) {
                    throw broken("two tokens of one step are written to one slot");
                }
                kv[slot(slice, position)] = slice.tokens().get(position);
                if (failNext && position > slice.start() + slice.count() / 2) {
                    break;
                }
            }
        }
        largestPrefill = Math.max(largestPrefill, prefill);
    }

    private void throwWhereAsked() {
        if (failNext) {
            failNext = false;
            throw new RunnerException("asked to fail");
        }
        if (errorNext != null) {
            Error error = errorNext;
            errorNext = null;
            throw error;
        }
    }

    private int slot(BatchPlan.Slice slice, int position) {
        return slice.blocks().get(position / shape.blockTokens()) * shape.blockTokens()
                + position % shape.blockTokens();
    }

    private AssertionError broken(String what) {
        AssertionError error = new AssertionError(what);
        if (broken == null) {
            broken = error;
        }
        return error;
    }

    /** A hash of the first {@code length} tokens as they stand in the cache. */
    private long readBack(BatchPlan.Slice slice, int length) {
        long hash = 0x243F6A8885A308D3L;
        boolean poisoned = false;
        for (int position = 0; position < length; position++) {
            int read = kv[slot(slice, position)];
            if (read != slice.tokens().get(position)) {
                throw broken("position " + position + " of " + length + " holds the KV of token " + read
                        + " where the sequence has " + slice.tokens().get(position));
            }
            hash = (hash ^ read) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
            poisoned |= read == POISON;
        }
        return poisoned ? 0 : hash;
    }

    private void fillLogits(long context) {
        for (int id = 0; id < logits.length; id++) {
            long mixed = (context + id) * 0xD6E8FEB86659FD93L;
            mixed ^= mixed >>> 32;
            mixed *= 0xD6E8FEB86659FD93L;
            logits[id] = context == 0 || id == POISON ? Float.NaN : (mixed >>> 40) * 0x1p-22f - 2;
        }
        // Nothing generates the poison itself.
        logits[POISON] = context == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
    }

    private List<TokenLogprobs> promptLogprobs(BatchPlan.Slice slice) {
        List<TokenLogprobs> all = new ArrayList<>();
        if (slice.promptLogprobs() < 0) {
            return all;
        }
        int end = Math.min(slice.start() + slice.count() + 1, slice.tokens().size());
        for (int position = slice.start() + 1; position < end; position++) {
            fillLogits(readBack(slice, position));
            all.add(sampler.logprobs(
                    MemorySegment.ofArray(logits), slice.tokens().get(position), slice.promptLogprobs()));
        }
        return all;
    }

    @Override
    public void close() {
        closed = true;
        check();
    }
}
