package org.carafe.inference.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
    void sharesCoverAllItemsOnceAndBeginAtTiles() {
        try (Crew crew = new Crew(3)) {
            for (int tile : new int[] {1, 32}) {
                for (int n : new int[] {0, 1, 31, 32, 100, 128, 1000}) {
                    int at = 0;
                    for (int me = 0; me < 3; me++) {
                        assertThat(crew.share(n, tile, me)).isEqualTo(at);
                        assertThat(at % tile == 0 || at == n).isTrue();
                        at = crew.share(n, tile, me + 1);
                    }
                    assertThat(at).isEqualTo(n);
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
