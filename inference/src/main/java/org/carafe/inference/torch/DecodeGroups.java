package org.carafe.inference.torch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.carafe.inference.runner.BatchPlan;

/**
 * Which decoding sequences attend together. A group's key and value blocks are gathered into one rectangle, so sequences of about the
 * same length go together: padding may add a quarter to what is read, or a few blocks a sequence where all are short.
 */
final class DecodeGroups {
    private static final int PADDING_SHARE = 4;
    private static final int PADDING_BLOCKS = 4;

    private record Member(BatchPlan.Slice slice, int index, int blocks) {}

    private final int blockTokens;
    private final List<Member> members = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();

    DecodeGroups(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    void clear() {
        members.clear();
        sizes.clear();
    }

    void add(BatchPlan.Slice slice, int index) {
        members.add(new Member(slice, index, slice.start() / blockTokens + 1));
    }

    /** Sorts the members, longest first, and cuts where padding would become too much. */
    void form() {
        members.sort(Comparator.comparingInt(Member::blocks).reversed());
        int size = 0;
        int most = 0;
        long sum = 0;
        for (Member member : members) {
            if (size > 0) {
                long padding = (long) (size + 1) * most - sum - member.blocks();
                if (padding > sum / PADDING_SHARE && padding > (long) PADDING_BLOCKS * size) {
                    sizes.add(size);
                    size = 0;
                }
            }
            if (size == 0) {
                most = member.blocks();
                sum = 0;
            }
            sum += member.blocks();
            size++;
        }
        if (size > 0) {
            sizes.add(size);
        }
    }

    /** Members of each group; groups follow each other in {@link #slices}. */
    List<Integer> sizes() {
        return sizes;
    }

    List<BatchPlan.Slice> slices() {
        return members.stream().map(Member::slice).toList();
    }

    /** Where each of {@link #slices} stands in the plan. */
    List<Integer> indices() {
        return members.stream().map(Member::index).toList();
    }
}
