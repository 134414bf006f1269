package org.carafe.inference.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.carafe.inference.kv.KvBlockPool;
import org.carafe.inference.kv.PrefixCache;
import org.carafe.inference.runner.BatchPlan;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching. Each step computes one token of every running sequence that decodes, and spends the prefill budget on prompts:
 * on those that run already and on waiting ones, in the order of {@link FairQueue}, so that a long prompt of one account takes turns with the
 * prompts of others.
 *
 * <p>Memory: a sequence is admitted when the blocks of all its known tokens can be had beside what running prompts still need.
 * Decodes grow beyond that; when no block is left, the running sequence that stands last (worst priority, then youngest) is preempted:
 * its blocks are released, it waits again and is recomputed later, helped by the prefix cache. A sequence never preempts one that stands
 * before it, it rather stalls. So the first one always progresses, and since the order never changes and every sequence fits alone,
 * everything ends: no deadlock, no starvation inside a priority.
 *
 * <p>The calls of a step: {@link #plan}, then {@link #computed} for each of {@link #planned} (or {@link #remove} where the step failed).
 * Not thread-safe: the engine thread's.
 */
public final class Scheduler<S extends Sequence> {
    private final SchedulerConfig config;
    private final KvBlockPool pool;
    private final PrefixCache cache;
    private final int blockTokens;
    private final FairQueue<S> queue;

    /** Those that run, in the order of {@link Sequence#isBefore}. */
    private final List<S> running = new ArrayList<>();

    private final PriorityQueue<S> byDeadline = new PriorityQueue<>(Comparator.comparingLong(Sequence::deadlineNanos));
    private final List<S> planned = new ArrayList<>();
    private long preemptions;
    private long cacheQueryTokens;
    private long cacheHitTokens;

    public Scheduler(SchedulerConfig config, int kvBlocks, int blockTokens) {
        this.config = config;
        this.blockTokens = blockTokens;
        pool = new KvBlockPool(kvBlocks);
        cache = new PrefixCache(pool, blockTokens);
        queue = new FairQueue<>(config.accountWeight());
    }

    /** Whether a sequence of this many computed tokens can ever run. */
    public boolean fits(int tokens) {
        return blocksFor(tokens) <= pool.total();
    }

    /** Puts a new sequence into the queue. */
    public void add(S sequence) {
        assert sequence.phase == Sequence.Phase.WAITING && sequence.computed == 0 : "a sequence is added once";
        queue.add(sequence);
        if (sequence.deadlineNanos() != Long.MAX_VALUE) {
            byDeadline.add(sequence);
        }
    }

    /** Ends a sequence, waiting or running, and gives its blocks back at once. */
    public void remove(S sequence) {
        switch (sequence.phase) {
            case WAITING -> queue.withdraw(sequence);
            case RUNNING -> {
                running.remove(sequence);
                releaseBlocks(sequence);
                queue.finish(sequence);
            }
            case ENDED -> throw new AssertionError("a sequence ends once");
        }
        sequence.phase = Sequence.Phase.ENDED;
        sequence.planned = 0;
    }

    /** A sequence whose deadline passed while it waited for its first admission, or null; the caller removes it. */
    public @Nullable S expired(long nowNanos) {
        for (S first = byDeadline.peek(); first != null; first = byDeadline.peek()) {
            if (first.phase == Sequence.Phase.WAITING && !first.admittedBefore) {
                return first.deadlineNanos() <= nowNanos ? first : null;
            }
            byDeadline.remove();
        }
        return null;
    }

    /** The next deadline of a sequence that waits, or {@link Long#MAX_VALUE}. May be early, never late. */
    public long nextDeadlineNanos() {
        S first = byDeadline.peek();
        return first == null ? Long.MAX_VALUE : first.deadlineNanos();
    }

    /** The next step's work, or null where there is none. */
    public @Nullable BatchPlan plan() {
        long preemptionsBefore = preemptions;
        boolean starved = false;
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            sequence.planned = 0;
            sequence.stalled = false;
            if (sequence.decodes()) {
                if (hold(sequence, sequence.tokens.size())) {
                    take(sequence, 1);
                } else {
                    starved = true;
                }
            }
        }
        planPrefills(starved || preemptions != preemptionsBefore);
        return batch();
    }

    /** The sequences of the last plan, slice by slice. */
    public List<S> planned() {
        return planned;
    }

    /** The runner computed a sequence's slice: its full blocks can be shared from now on. */
    public void computed(S sequence) {
        sequence.computed += sequence.planned;
        sequence.planned = 0;
        if (!config.prefixCache()) {
            return;
        }
        while ((sequence.publishedBlocks + 1) * blockTokens <= sequence.computed) {
            int index = sequence.publishedBlocks++;
            int block = cache.publish(
                    sequence.account(),
                    sequence.lastContentId,
                    sequence.tokens,
                    index * blockTokens,
                    sequence.blocks.get(index));
            sequence.blocks.set(index, block);
            sequence.lastContentId = cache.contentId(block);
        }
    }

    public int waiting() {
        return queue.waiting();
    }

    /** Those that run; a live view, in order of precedence. */
    public List<S> running() {
        return running;
    }

    public KvBlockPool pool() {
        return pool;
    }

    /** Sequences that lost their blocks so far. */
    public long preemptions() {
        return preemptions;
    }

    /** Prompt tokens for which the prefix cache was asked so far. */
    public long cacheQueryTokens() {
        return cacheQueryTokens;
    }

    /** Those of them that it had. */
    public long cacheHitTokens() {
        return cacheHitTokens;
    }

    private void planPrefills(boolean admissionClosed) {
        int budget = config.prefillTokensMax();
        boolean closed = admissionClosed;
        while (budget > 0) {
            S next = nextPrefill();
            S candidate = closed || running.size() >= config.sequencesMax() ? null : queue.next();
            if (candidate != null && (next == null || isServedBefore(candidate, next))) {
                if (!admit(candidate)) {
                    closed = true;
                    continue;
                }
                next = candidate;
            }
            if (next == null) {
                return;
            }
            long preemptionsBefore = preemptions;
            int count = holdUpTo(next, Math.min(next.remaining(), budget));
            // Who has just lost its blocks must not come back in the same step, nor anybody in its place.
            closed |= preemptions != preemptionsBefore;
            if (count > 0) {
                take(next, count);
                budget -= count;
            } else {
                next.stalled = true;
                closed = true;
            }
        }
    }

    /** The running sequence whose prompt (or, after a preemption, whose known tokens) should be computed next. */
    private @Nullable S nextPrefill() {
        S best = null;
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            if (sequence.planned == 0
                    && !sequence.stalled
                    && !sequence.decodes()
                    && (best == null || isServedBefore(sequence, best))) {
                best = sequence;
            }
        }
        return best;
    }

    private boolean isServedBefore(S a, S b) {
        return FairQueue.isBefore(a, queue.counter(a), b, queue.counter(b));
    }

    /** Makes a waiting sequence run, if its known tokens and the first one after them find room. */
    private boolean admit(S sequence) {
        int shared = 0;
        boolean asksCache = config.prefixCache() && sequence.sharesPrefix();
        if (asksCache) {
            // The last known token is always computed, for its logits.
            shared = cache.share(sequence.account(), sequence.tokens, sequence.tokens.size() - 1, sequence.blocks);
        }
        int needed = blocksFor(sequence.tokens.size() + 1) - shared;
        if (!running.isEmpty() && needed + promisedBlocks() > pool.available()) {
            releaseBlocks(sequence);
            return false;
        }
        if (shared > 0) {
            sequence.computed = shared * blockTokens;
            sequence.publishedBlocks = shared;
            sequence.lastContentId = cache.contentId(sequence.blocks.get(shared - 1));
            sequence.charged = Math.max(sequence.charged, sequence.computed);
        }
        if (!sequence.admittedBefore) {
            sequence.admittedBefore = true;
            sequence.cachedPromptTokens = sequence.computed;
            if (asksCache) {
                cacheQueryTokens += sequence.promptTokens();
                cacheHitTokens += sequence.computed;
            }
        }
        queue.admit(sequence);
        sequence.phase = Sequence.Phase.RUNNING;
        int place = running.size();
        while (place > 0 && sequence.isBefore(running.get(place - 1))) {
            place--;
        }
        running.add(place, sequence);
        return true;
    }

    /** Blocks that running sequences will ask for soon: the rest of their prompts and one more each to decode into. */
    private int promisedBlocks() {
        int blocks = 0;
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            blocks += Math.max(0, blocksFor(sequence.tokens.size() + blockTokens) - sequence.blocks.size());
        }
        return blocks;
    }

    /** How many of the next {@code count} tokens the sequence has blocks for after taking what it may. */
    private int holdUpTo(S sequence, int count) {
        return hold(sequence, sequence.computed + count)
                ? count
                : Math.max(0, sequence.blocks.size() * blockTokens - sequence.computed);
    }

    /** Leases blocks up to this many tokens, preempting those that stand behind; false where even that does not suffice. */
    private boolean hold(S sequence, int tokens) {
        int blocks = blocksFor(tokens);
        while (sequence.blocks.size() < blocks) {
            int block = pool.lease();
            if (block != KvBlockPool.NONE) {
                sequence.blocks.add(block);
                continue;
            }
            S last = running.getLast();
            if (last == sequence) {
                assert running.size() > 1 : "a sequence that runs alone has room: larger ones were refused";
                return false;
            }
            preempt(last);
        }
        return true;
    }

    private void preempt(S victim) {
        running.removeLast();
        releaseBlocks(victim);
        victim.planned = 0;
        victim.phase = Sequence.Phase.WAITING;
        queue.preempt(victim);
        preemptions++;
    }

    /** From the last to the first, so that the end of a chain is evicted before what it hangs on. */
    private void releaseBlocks(S sequence) {
        for (int i = sequence.blocks.size() - 1; i >= 0; i--) {
            pool.release(sequence.blocks.get(i));
        }
        sequence.blocks.truncate(0);
        sequence.publishedBlocks = 0;
        sequence.lastContentId = PrefixCache.ROOT;
        sequence.computed = 0;
    }

    private void take(S sequence, int count) {
        sequence.planned = count;
        int reached = sequence.computed + count;
        if (reached > sequence.charged) {
            queue.charge(sequence, reached - sequence.charged);
            sequence.charged = reached;
        }
    }

    private @Nullable BatchPlan batch() {
        planned.clear();
        List<BatchPlan.Slice> slices = new ArrayList<>(running.size());
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            if (sequence.planned > 0 && sequence.decodes()) {
                slices.add(slice(sequence));
            }
        }
        for (int i = 0; i < running.size(); i++) {
            S sequence = running.get(i);
            if (sequence.planned > 0 && !sequence.decodes()) {
                slices.add(slice(sequence));
            }
        }
        assert !slices.isEmpty() || (running.isEmpty() && queue.waiting() == 0)
                : "where there is work, some of it is planned";
        return slices.isEmpty() ? null : new BatchPlan(slices);
    }

    private BatchPlan.Slice slice(S sequence) {
        planned.add(sequence);
        boolean reachesEnd = sequence.computed + sequence.planned == sequence.tokens.size();
        return new BatchPlan.Slice(
                sequence.tokens,
                sequence.computed,
                sequence.planned,
                sequence.blocks,
                reachesEnd ? sequence.sampling() : null,
                sequence.computed < sequence.promptTokens() ? sequence.promptLogprobs() : -1);
    }

    private int blocksFor(int tokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }
}
