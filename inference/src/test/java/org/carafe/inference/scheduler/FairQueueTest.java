package org.carafe.inference.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.carafe.inference.IntList;
import org.carafe.inference.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue<Sequence> queue = new FairQueue<>(account -> account.equals("heavy") ? 2 : 1);
    private long ids;

    @Test
    void theAccountThatUsedLessIsNext() {
        Sequence a = add("a");
        Sequence b = add("b");
        queue.admit(a);
        queue.admit(b);
        queue.charge(a, 100);
        queue.charge(b, 99);
        add("a");
        Sequence next = add("b");

        assertThat(queue.next()).isSameAs(next);
    }

    @Test
    void aWeightOfTwoMakesTokensHalfAsDear() {
        Sequence heavy = add("heavy");
        Sequence light = add("light");
        queue.charge(heavy, 199);
        queue.charge(light, 100);

        assertThat(queue.next()).isSameAs(heavy);
        queue.charge(heavy, 2);
        assertThat(queue.next()).isSameAs(light);
    }

    @Test
    void whoComesBackStartsWithTheBusyOnesAndSavesNoCredit() {
        Sequence idle = add("idle");
        queue.withdraw(idle);
        Sequence busy = add("busy");
        queue.charge(busy, 1000);
        Sequence back = add("idle");

        assertThat(queue.counter(back)).isEqualTo(queue.counter(busy));
    }

    @Test
    void whatWasOwedOnceIsNoCreditLater() {
        Sequence busy = add("busy");
        Sequence idle = add("idle");
        queue.charge(idle, 10);
        queue.withdraw(idle);
        queue.charge(busy, 1000);

        assertThat(queue.counter(add("idle"))).isEqualTo(1000);
    }

    @Test
    void betterPriorityGoesBeforeTheAccountThatUsedLess() {
        Sequence usual = add("light", 0);
        Sequence urgent = add("heavy", -1);
        queue.charge(urgent, 1000);

        assertThat(queue.next()).isSameAs(urgent);
        queue.withdraw(urgent);
        assertThat(queue.next()).isSameAs(usual);
    }

    @Test
    void whoComesBackStillOwesWhatItUsedBeyondTheOthers() {
        Sequence busy = add("busy");
        Sequence greedy = add("greedy");
        queue.charge(busy, 10);
        queue.charge(greedy, 500);
        queue.withdraw(greedy);
        Sequence back = add("greedy");

        assertThat(queue.counter(back) - queue.counter(busy)).isEqualTo(490);
        assertThat(queue.next()).isSameAs(busy);
    }

    @Test
    void aPreemptedSequenceStandsBeforeYoungerOnesOfItsAccount() {
        Sequence old = add("a");
        queue.admit(old);
        add("a");
        queue.preempt(old);

        assertThat(queue.next()).isSameAs(old);
    }

    @Test
    void itAgreesWithAPlainListAfterEachOfManyRandomOperations() {
        Random random = new Random(3);
        Map<Sequence, Boolean> waits = new HashMap<>();
        List<Sequence> all = new ArrayList<>();
        for (int operation = 0; operation < 100_000; operation++) {
            int kind = random.nextInt(5);
            if (all.isEmpty() || (kind == 0 && all.size() < 40)) {
                Sequence sequence = add("account" + random.nextInt(6), random.nextInt(4) == 0 ? 1 : 0);
                all.add(sequence);
                waits.put(sequence, true);
            } else {
                Sequence sequence = all.get(random.nextInt(all.size()));
                boolean isWaiting = waits.get(sequence);
                switch (kind) {
                    case 1 -> {
                        if (isWaiting) {
                            queue.admit(sequence);
                        } else {
                            queue.preempt(sequence);
                        }
                        waits.put(sequence, !isWaiting);
                    }
                    case 2 -> {
                        if (isWaiting) {
                            queue.withdraw(sequence);
                        } else {
                            queue.finish(sequence);
                        }
                        all.remove(sequence);
                        waits.remove(sequence);
                    }
                    default -> queue.charge(sequence, random.nextInt(50));
                }
            }
            Sequence expected = null;
            for (Sequence sequence : all) {
                if (waits.get(sequence)
                        && (expected == null
                                || FairQueue.isBefore(
                                        sequence, queue.counter(sequence), expected, queue.counter(expected)))) {
                    expected = sequence;
                }
            }
            assertThat(queue.next()).isSameAs(expected);
            assertThat((long) queue.waiting())
                    .isEqualTo(waits.values().stream().filter(w -> w).count());
        }
    }

    private Sequence add(String account) {
        return add(account, 0);
    }

    private Sequence add(String account, int priority) {
        Sequence sequence =
                new Sequence(++ids, account, priority, Long.MAX_VALUE, IntList.of(1), SamplingParams.greedy());
        queue.add(sequence);
        return sequence;
    }
}
