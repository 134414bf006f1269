package org.carafe.inference.scheduler;

import org.carafe.inference.IntList;
import org.carafe.inference.IntView;
import org.carafe.inference.kv.PrefixCache;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;

/**
 * One sequence as the scheduler sees it: tokens that are known, of which the first {@link #computed()} have their KV in blocks. The
 * engine extends it by what it owes the reader. The engine thread's.
 */
public class Sequence {
    /** Where a sequence stands. */
    public enum Phase {
        WAITING,
        RUNNING,
        ENDED
    }

    private final long id;
    private final String account;
    private final int priority;
    private final long deadlineNanos;
    private final int promptTokens;
    private final SamplingState sampling;
    final IntList tokens;
    final IntList blocks;

    Phase phase = Phase.WAITING;
    int computed;
    /** Known tokens that this step computes; 0 where the sequence has no part in it. */
    int planned;
    /** No block could be had for it in this step. */
    boolean stalled;
    /** The furthest that was ever computed or shared: recomputing up to there is not charged again. */
    int charged;

    int publishedBlocks;
    long lastContentId = PrefixCache.ROOT;
    int cachedPromptTokens;
    boolean admittedBefore;

    /**
     * @param id ascending in order of submission
     * @param deadlineNanos on the scheduler's clock, when waiting for the first admission ends; {@link Long#MAX_VALUE}: never
     */
    public Sequence(long id, String account, int priority, long deadlineNanos, IntView prompt, SamplingParams params) {
        this.id = id;
        this.account = account;
        this.priority = priority;
        this.deadlineNanos = deadlineNanos;
        promptTokens = prompt.size();
        tokens = IntList.copyOf(prompt, promptTokens + 64);
        blocks = new IntList(8);
        sampling = new SamplingState(params, tokens, promptTokens);
    }

    public final long id() {
        return id;
    }

    public final String account() {
        return account;
    }

    public final int priority() {
        return priority;
    }

    public final long deadlineNanos() {
        return deadlineNanos;
    }

    public final Phase phase() {
        return phase;
    }

    /** Prompt and output so far. */
    public final IntView tokens() {
        return tokens;
    }

    /** The block table. */
    public final IntView blocks() {
        return blocks;
    }

    public final int promptTokens() {
        return promptTokens;
    }

    public final int generatedTokens() {
        return tokens.size() - promptTokens;
    }

    /** How many of its tokens have their KV in blocks. */
    public final int computed() {
        return computed;
    }

    /** Prompt tokens that came from the prefix cache at the first admission. */
    public final int cachedPromptTokens() {
        return cachedPromptTokens;
    }

    public final SamplingState sampling() {
        return sampling;
    }

    /** Appends a sampled token. */
    public final void append(int token) {
        tokens.add(token);
    }

    /**
     * How many alternatives to report for the prompt positions of the next slice, as {@link
     * org.carafe.inference.runner.BatchPlan.Slice#promptLogprobs}. The engine overrides it.
     */
    protected int promptLogprobs() {
        return -1;
    }

    /** Whether its beginning may come from the cache: not while prompt positions are to be reported, for those must be computed. */
    final boolean sharesPrefix() {
        return promptLogprobs() < 0;
    }

    final int remaining() {
        return tokens.size() - computed;
    }

    final boolean decodes() {
        return remaining() == 1 && computed >= promptTokens;
    }

    /** Served before the other: better priority, then older. A total order that never changes, which is why nothing starves. */
    final boolean isBefore(Sequence other) {
        return priority != other.priority ? priority < other.priority : id < other.id;
    }
}
