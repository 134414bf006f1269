package org.carafe.inference.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KvBlockPoolTest {
    private static final int OPERATIONS = 100_000;

    @Test
    void theLawsHoldAfterEachOfManyRandomOperations() {
        int total = 13;
        KvBlockPool pool = new KvBlockPool(total);
        List<Integer> evicted = new ArrayList<>();
        pool.onEviction(evicted::add);
        int[] references = new int[total];
        Set<Integer> published = new HashSet<>();
        LinkedHashSet<Integer> cachedOldestFirst = new LinkedHashSet<>();
        Random random = new Random(1);

        for (int operation = 0; operation < OPERATIONS; operation++) {
            evicted.clear();
            int block = random.nextInt(total);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int free = total - cachedOldestFirst.size() - used(references);
                    int leased = pool.lease();
                    if (free > 0) {
                        assertThat(references[leased]).isZero();
                        assertThat(cachedOldestFirst).doesNotContain(leased);
                        assertThat(evicted).isEmpty();
                    } else if (!cachedOldestFirst.isEmpty()) {
                        assertThat(leased).isEqualTo(cachedOldestFirst.removeFirst());
                        assertThat(evicted).containsExactly(leased);
                        published.remove(leased);
                    } else {
                        assertThat(leased).isEqualTo(KvBlockPool.NONE);
                        continue;
                    }
                    references[leased] = 1;
                }
                case 2 -> {
                    if (references[block] > 0 || cachedOldestFirst.contains(block)) {
                        pool.share(block);
                        references[block]++;
                        cachedOldestFirst.remove(block);
                    }
                }
                case 3 -> {
                    if (references[block] > 0) {
                        pool.release(block);
                        if (--references[block] == 0 && published.contains(block)) {
                            cachedOldestFirst.add(block);
                        }
                    }
                }
                default -> {
                    if (references[block] > 0 && published.add(block)) {
                        pool.publish(block);
                    }
                }
            }
            pool.checkLaws();
            assertThat(pool.inUse()).isEqualTo(used(references));
            assertThat(pool.cached()).isEqualTo(cachedOldestFirst.size());
            assertThat(pool.references(block)).isEqualTo(references[block]);
        }
    }

    @Test
    void everyBlockCanBeLeasedOnceAndNoneTwice() {
        KvBlockPool pool = new KvBlockPool(100);
        Set<Integer> leased = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            leased.add(pool.lease());
        }

        assertThat(leased).hasSize(100);
        assertThat(pool.lease()).isEqualTo(KvBlockPool.NONE);
        assertThat(pool.available()).isZero();
    }

    private static int used(int[] references) {
        int used = 0;
        for (int count : references) {
            used += count > 0 ? 1 : 0;
        }
        return used;
    }
}
