package org.carafe.inference.text;

import java.util.Arrays;
import org.carafe.inference.IntView;

/** Ids of a delta's tokens; immutable. */
final class TokenIds implements IntView {
    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    static TokenIds of(int id) {
        return new TokenIds(new int[] {id});
    }

    static TokenIds of(int[] source, int count) {
        return new TokenIds(Arrays.copyOf(source, count));
    }

    @Override
    public int size() {
        return ids.length;
    }

    @Override
    public int get(int index) {
        return ids[index];
    }

    @Override
    public void copyTo(int from, int count, int[] target, int targetOffset) {
        System.arraycopy(ids, from, target, targetOffset, count);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
