package org.carafe.models.template.jinja.value;

import java.util.Arrays;

/** Ranges of untrusted characters: {@code [start, end)} pairs of UTF-16 offsets, ascending, neither empty nor touching. */
final class Marks {
    static final int[] NONE = {};

    private Marks() {}

    static int[] all(int length) {
        return length == 0 ? NONE : new int[] {0, length};
    }

    static int[] slice(int[] marks, int from, int to) {
        if (marks.length == 0 || from >= to) {
            return NONE;
        }
        if (marks.length == 2 && marks[0] <= from && marks[1] >= to) {
            return new int[] {0, to - from};
        }
        int[] result = new int[marks.length];
        int count = 0;
        for (int i = 0; i < marks.length; i += 2) {
            int start = Math.max(marks[i], from);
            int end = Math.min(marks[i + 1], to);
            if (start < end) {
                result[count++] = start - from;
                result[count++] = end - from;
            }
        }
        return count == 0 ? NONE : Arrays.copyOf(result, count);
    }

    static int[] concat(int[] left, int[] right, int shift) {
        if (right.length == 0) {
            return left;
        }
        boolean touching = left.length > 0 && left[left.length - 1] == right[0] + shift;
        int keep = touching ? left.length - 1 : left.length;
        int[] result = Arrays.copyOf(left, keep + right.length - (touching ? 1 : 0));
        for (int i = touching ? 1 : 0; i < right.length; i++) {
            result[keep++] = right[i] + shift;
        }
        return result;
    }
}
