package org.carafe.inference.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrewTest {
    @Test
    void everyMemberSeesWhatAllWroteBeforeABarrier() {
        try (Crew crew = new Crew(3)) {
            int[] values = new int[3];
            int[] sums = new int[3];
            for (int task = 1; task <= 500; task++) {
                int base = task;
                crew.run(me -> {
                    values[me] = base + me;
                    crew.barrier();
                    int sum = IntStream.of(values).sum();
                    crew.barrier();
                    sums[me] = sum;
                });
                assertThat(sums).containsOnly(3 * base + 3);
            }
        }
    }

    @Test
    void everyPieceIsClaimedOnceAndCountingBeginsAnewAtBarriers() {
        try (Crew crew = new Crew(3)) {
            AtomicIntegerArray taken = new AtomicIntegerArray(100);
            for (int task = 1; task <= 50; task++) {
                crew.run(me -> {
                    for (int round = 0; round < 2; round++) {
                        for (int piece = crew.claim(1); piece < 100; piece = crew.claim(1)) {
                            taken.incrementAndGet(piece);
                        }
                        crew.barrier();
                    }
                });
                for (int piece = 0; piece < 100; piece++) {
                    assertThat(taken.get(piece)).isEqualTo(2 * task);
                }
            }
        }
    }

    @Test
    void aMemberThatFailsStopsTheOthersAtTheirBarrierAndTheNextTaskRuns() {
        try (Crew crew = new Crew(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int bad = failing;
                boolean[] passed = new boolean[3];
                assertThatThrownBy(() -> crew.run(me -> {
                            if (me == bad) {
                                throw new ArithmeticException("on purpose");
                            }
                            crew.barrier();
                            passed[me] = true;
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("on purpose");
                assertThat(passed).containsOnly(false);
                int[] ran = new int[3];
                crew.run(me -> {
                    crew.barrier();
                    ran[me]++;
                });
                assertThat(ran).containsOnly(1);
            }
        }
    }

    @Test
    void aCrewOfOneIsItsCaller() {
        Thread[] ran = new Thread[1];
        try (Crew crew = new Crew(1)) {
            crew.run(me -> {
                crew.barrier();
                ran[me] = Thread.currentThread();
            });
        }
        assertThat(Arrays.asList(ran)).containsExactly(Thread.currentThread());
    }
}
