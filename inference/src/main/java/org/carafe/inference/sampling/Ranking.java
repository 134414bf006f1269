package org.carafe.inference.sampling;

/**
 * Selection on an array of keys by value: a key holds a rank value in its high half and the complement of a token id in its low half,
 * so keys are distinct and a larger key is the better token: larger value, then lower id.
 */
final class Ranking {
    private static final int INSERTION_MAX = 24;

    private Ranking() {}

    static long key(int value, int id) {
        return (long) value << 32 | (~id & 0xFFFFFFFFL);
    }

    /** The key that is below all keys of tokens of this value and above all others of lower value. */
    static long leastKey(int value) {
        return key(value, Integer.MAX_VALUE);
    }

    static int id(long key) {
        return ~(int) key;
    }

    static int value(long key) {
        return (int) (key >> 32);
    }

    /** An int that orders as the float does; both zeros are one. No NaN. */
    static int ordered(float x) {
        int bits = Float.floatToRawIntBits(x + 0f);
        return bits ^ ((bits >> 31) & 0x7FFFFFFF);
    }

    /** Moves the {@code k} largest of {@code keys[0 .. length)} to the front, in no order, and returns the least of them. */
    static long selectTop(long[] keys, int length, int k) {
        assert k > 0 && k <= length : "a selection is not larger than its source";
        int low = 0;
        int high = length;
        while (high - low > INSERTION_MAX) {
            int middle = partition(keys, low, high);
            if (k == middle) {
                return least(keys, low, middle);
            }
            if (k < middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        sortDescending(keys, low, high);
        return keys[k - 1];
    }

    /**
     * The least key of the nucleus: of all keys for which the values of better keys sum to less than {@code limit}. Reorders the keys.
     *
     * @param above the sum of values of keys that are better than all of these, below {@code limit}
     * @param limit positive; the best key is always inside
     */
    static long nucleus(long[] keys, int length, long above, long limit) {
        assert length > 0 && limit > above : "a nucleus holds the best token";
        int low = 0;
        int high = length;
        // With the sum of all keys left of low: those are inside, and the least key of the nucleus lies in [low, high).
        long before = above;
        while (high - low > INSERTION_MAX) {
            int middle = partition(keys, low, high);
            long sum = before;
            for (int i = low; i < middle; i++) {
                sum += value(keys[i]);
            }
            if (sum < limit) {
                before = sum;
                low = middle;
            } else {
                high = middle;
            }
        }
        sortDescending(keys, low, high);
        for (int i = low; i < high - 1; i++) {
            before += value(keys[i]);
            if (before >= limit) {
                return keys[i];
            }
        }
        return keys[high - 1];
    }

    static void sortDescending(long[] keys, int low, int high) {
        for (int i = low + 1; i < high; i++) {
            long key = keys[i];
            int j = i - 1;
            for (; j >= low && keys[j] < key; j--) {
                keys[j + 1] = keys[j];
            }
            keys[j + 1] = key;
        }
    }

    /** Splits around the median of three into keys at or above it, and below; both sides have some. Returns where the second starts. */
    private static int partition(long[] keys, int low, int high) {
        long a = keys[low];
        long b = keys[(low + high) >>> 1];
        long c = keys[high - 1];
        long pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
        int store = low;
        // Every key is swapped and only the end of the left side depends on it: no branch to mispredict.
        for (int i = low; i < high; i++) {
            long key = keys[i];
            keys[i] = keys[store];
            keys[store] = key;
            store += key >= pivot ? 1 : 0;
        }
        return store;
    }

    private static long least(long[] keys, int low, int high) {
        long least = keys[low];
        for (int i = low + 1; i < high; i++) {
            least = Math.min(least, keys[i]);
        }
        return least;
    }
}
