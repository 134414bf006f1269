package org.carafe.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ArrivalsTest {
    @Test
    void gapsOfAPoissonProcessHaveItsMeanAndItsSpread() {
        Arrivals arrivals = new Arrivals(new LoadPlan(1, 50, 20_000, 0, 11), 0);
        double sum = 0;
        double squares = 0;
        long last = 0;
        for (int i = 0; i < 20_000; i++) {
            arrivals.take();
            double gap = (arrivals.dueNanos(0) - last) / 1e9;
            last = arrivals.dueNanos(0);
            sum += gap;
            squares += gap * gap;
        }
        double mean = sum / 20_000;
        assertThat(mean).isCloseTo(1 / 50.0, within(0.0006));
        assertThat(Math.sqrt(squares / 20_000 - mean * mean)).isCloseTo(1 / 50.0, within(0.0012));
    }

    @Test
    void theSameSeedGivesTheSameTimes() {
        Arrivals one = new Arrivals(new LoadPlan(1, 50, 10, 0, 5), 0);
        Arrivals other = new Arrivals(new LoadPlan(1, 50, 10, 0, 5), 0);
        for (int i = 0; i < 10; i++) {
            one.take();
            other.take();
            assertThat(one.dueNanos(0)).isEqualTo(other.dueNanos(0));
        }
        assertThat(one.isOver(0)).isTrue();
    }
}
