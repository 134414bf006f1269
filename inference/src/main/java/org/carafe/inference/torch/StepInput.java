package org.carafe.inference.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.sampling.Sampler;
import org.carafe.inference.sampling.SamplingState;

/**
 * A plan as the program reads it: integers in the inbox, their layout in {@link #meta}; the order stands in {@code step.py}. Reused from
 * step to step.
 */
final class StepInput {
    private static final int FIRST_CAPACITY = 1 << 16;

    private final int blockTokens;
    private final List<Integer> windows;
    private final DecodeGroups groups;
    private final LongArray meta = new LongArray();
    private final LongArray inbox = new LongArray();
    private final List<BatchPlan.Slice> prefills = new ArrayList<>();
    private final List<BatchPlan.Slice> order = new ArrayList<>();
    private final List<Pick> greedy = new ArrayList<>();
    private final List<Pick> sampled = new ArrayList<>();
    private final List<Pick> prompt = new ArrayList<>();
    private final List<Integer> slicesInOrder = new ArrayList<>();
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = arena.allocate(FIRST_CAPACITY * Long.BYTES, Long.BYTES);

    /**
     * A row whose logits are wanted.
     *
     * @param slice index in the plan
     * @param row among the step's rows
     * @param tokenId of a prompt's row, the known token that follows; -1 for a row to sample from
     */
    record Pick(int slice, int row, int tokenId) {}

    StepInput(int blockTokens, List<Integer> windows) {
        this.blockTokens = blockTokens;
        this.windows = windows;
        groups = new DecodeGroups(blockTokens);
    }

    /** Takes a plan in; valid until the next. */
    void take(BatchPlan plan) {
        meta.clear();
        inbox.clear();
        sort(plan);
        pick();
        rows();
        for (List<Pick> picks : List.of(greedy, sampled, prompt)) {
            for (Pick pick : picks) {
                inbox.add(pick.row());
            }
        }
        long fresh = fresh();
        meta.add(plan.tokens(), selected(), greedy.size(), groups.sizes().size(), prefills.size(), fresh);
        for (int size : groups.sizes()) {
            meta.add(size);
        }
        for (BatchPlan.Slice slice : prefills) {
            meta.add(slice.count(), slice.start());
        }
        for (int window : windows) {
            decodeBlocks(window);
            for (BatchPlan.Slice slice : prefills) {
                int first = firstBlock(slice, window);
                int count = blockOf(slice.start() + slice.count() - 1) - first + 1;
                meta.add(count, (long) first * blockTokens);
                blocks(slice, first, count, count);
            }
        }
        write();
    }

    private int selected() {
        return greedy.size() + sampled.size() + prompt.size();
    }

    private void sort(BatchPlan plan) {
        groups.clear();
        prefills.clear();
        order.clear();
        slicesInOrder.clear();
        for (int i = 0; i < plan.slices().size(); i++) {
            BatchPlan.Slice slice = plan.slices().get(i);
            if (slice.count() == 1) {
                groups.add(slice, i);
            } else {
                prefills.add(slice);
            }
        }
        groups.form();
        order.addAll(groups.slices());
        slicesInOrder.addAll(groups.indices());
        order.addAll(prefills);
        for (int i = 0; i < plan.slices().size(); i++) {
            if (plan.slices().get(i).count() > 1) {
                slicesInOrder.add(i);
            }
        }
    }

    private void pick() {
        greedy.clear();
        sampled.clear();
        prompt.clear();
        int row = 0;
        for (int i = 0; i < order.size(); i++) {
            BatchPlan.Slice slice = order.get(i);
            int index = slicesInOrder.get(i);
            SamplingState sampling = slice.sampling();
            if (sampling != null) {
                Pick last = new Pick(index, row + slice.count() - 1, -1);
                (Sampler.isPlainGreedy(sampling.params()) ? greedy : sampled).add(last);
            }
            if (slice.promptLogprobs() >= 0) {
                int known = Math.min(slice.count(), slice.tokens().size() - slice.start() - 1);
                for (int j = 0; j < known; j++) {
                    prompt.add(new Pick(index, row + j, slice.tokens().get(slice.start() + j + 1)));
                }
            }
            row += slice.count();
        }
    }

    /** Ids, positions and slots of all rows. */
    private void rows() {
        for (BatchPlan.Slice slice : order) {
            for (int i = 0; i < slice.count(); i++) {
                inbox.add(slice.tokens().get(slice.start() + i));
            }
        }
        for (BatchPlan.Slice slice : order) {
            for (int i = 0; i < slice.count(); i++) {
                inbox.add(slice.start() + i);
            }
        }
        for (BatchPlan.Slice slice : order) {
            for (int i = 0; i < slice.count(); i++) {
                int position = slice.start() + i;
                inbox.add((long) slice.blocks().get(blockOf(position)) * blockTokens + position % blockTokens);
            }
        }
    }

    /** Blocks that this step begins and does not fill; how many. */
    private long fresh() {
        long fresh = 0;
        for (BatchPlan.Slice slice : order) {
            int end = slice.start() + slice.count();
            int last = blockOf(end - 1);
            if (end % blockTokens != 0 && last * blockTokens >= slice.start()) {
                inbox.add(slice.blocks().get(last));
                fresh++;
            }
        }
        return fresh;
    }

    private void decodeBlocks(int window) {
        int at = 0;
        for (int size : groups.sizes()) {
            List<BatchPlan.Slice> group = order.subList(at, at + size);
            int most = 0;
            for (BatchPlan.Slice slice : group) {
                most = Math.max(most, blockOf(slice.start()) - firstBlock(slice, window) + 1);
            }
            if (size == 1) {
                BatchPlan.Slice slice = group.getFirst();
                int firstKey = firstKey(slice, window);
                meta.add(
                        most, firstKey - (long) firstBlock(slice, window) * blockTokens, slice.start() + 1L - firstKey);
            } else {
                meta.add(most, 0, 0);
            }
            for (BatchPlan.Slice slice : group) {
                int first = firstBlock(slice, window);
                blocks(slice, first, blockOf(slice.start()) - first + 1, most);
            }
            if (size > 1) {
                for (BatchPlan.Slice slice : group) {
                    inbox.add((long) firstBlock(slice, window) * blockTokens);
                }
            }
            at += size;
        }
    }

    /** A run of the block table, padded with its last block: keys of the pad lie behind the query and are not seen. */
    private void blocks(BatchPlan.Slice slice, int first, int count, int padded) {
        for (int i = 0; i < padded; i++) {
            inbox.add(slice.blocks().get(first + Math.min(i, count - 1)));
        }
    }

    private static int firstKey(BatchPlan.Slice slice, int window) {
        return window == 0 ? 0 : Math.max(0, slice.start() - window + 1);
    }

    private int firstBlock(BatchPlan.Slice slice, int window) {
        return blockOf(firstKey(slice, window));
    }

    private int blockOf(int position) {
        return position / blockTokens;
    }

    private void write() {
        if (inbox.size() * (long) Long.BYTES > memory.byteSize()) {
            MemorySegment larger;
            Arena newArena = Arena.ofShared();
            larger = newArena.allocate(2L * inbox.size() * Long.BYTES, Long.BYTES);
            retired.add(arena);
            arena = newArena;
            memory = larger;
        }
        MemorySegment.copy(inbox.values(), 0, memory, ValueLayout.JAVA_LONG, 0, inbox.size());
    }

    /** Arenas of outgrown inboxes: the program may hold a tensor over them until it is connected to the new one. */
    private final List<Arena> retired = new ArrayList<>();

    /** The inbox's memory; another object after it has grown. */
    MemorySegment memory() {
        return memory;
    }

    long[] meta() {
        return meta.toArray();
    }

    /** Rows whose token the program chooses; first among the selected. */
    List<Pick> greedy() {
        return greedy;
    }

    /** Rows to sample from; next. */
    List<Pick> sampled() {
        return sampled;
    }

    /** Rows of prompts whose log-probabilities are wanted; last. */
    List<Pick> prompt() {
        return prompt;
    }

    /** Frees outgrown memory, once the program is connected to the present one. */
    void freeRetired() {
        retired.forEach(Arena::close);
        retired.clear();
    }

    void close() {
        freeRetired();
        arena.close();
    }
}
