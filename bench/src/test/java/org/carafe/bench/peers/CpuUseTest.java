package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Shares from the lines of /proc. */
final class CpuUseTest {
    @Test
    void whatNeitherIdledNorWasOursIsOthers() {
        CpuUse then = CpuUse.of("cpu  100 0 50 800 50 0 0 0 0 0", self(10, 5, 20, 5));
        CpuUse now = CpuUse.of("cpu  220 10 80 830 60 0 0 0 7 7", self(40, 15, 70, 15));
        // 200 ticks passed, 40 of them idle; ours and our children's are 100.
        assertThat(now.othersSince(then)).isCloseTo(0.3, Offset.offset(1e-9));
    }

    @Test
    void aNameWithSpacesAndBracketsShiftsNothing() {
        assertThat(CpuUse.of("cpu  1 2 3 4 5 6 7 8 9 10", self(1, 2, 3, 4)).own())
                .isEqualTo(10);
    }

    @Test
    void childrenThatEndedCountAsOurs() throws Exception {
        CpuUse then = CpuUse.now();
        Process busy = new ProcessBuilder("bash", "-c", "for ((i = 0; i < 200000; i++)); do :; done").start();
        assertThat(busy.waitFor()).isZero();
        assertThat(CpuUse.now().own()).isGreaterThan(then.own());
    }

    private static String self(long user, long system, long childrenUser, long childrenSystem) {
        return "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 " + user + " " + system + " " + childrenUser + " "
                + childrenSystem + " 20 0 1 0 100 1000 10\n";
    }
}
