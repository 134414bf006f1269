package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.carafe.bench.peers.CarafeContender.Timeline;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.server.loading.NumericType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Carafe's own side, on the bundled checkpoint. */
final class CarafeContenderTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long MILLI = 1_000_000;

    @TempDir
    private Path directory;

    @Test
    void itMeasuresBothPartsAndGivesUpInTime() throws Exception {
        Workload work = new Workload(32, 4, 3, 8, 4, 2);
        try (CarafeContender carafe =
                new CarafeContender(DemoCheckpoint.extractTo(directory), NumericType.bf16, work)) {
            carafe.warmUp(Part.SINGLE, LONG);
            Map<Figure, Double> alone = carafe.measure(Part.SINGLE, LONG);
            assertThat(alone).containsOnlyKeys(Figure.PREFILL, Figure.DECODE);
            assertThat(alone.values()).allSatisfy(rate -> assertThat(rate).isPositive());
            assertThatThrownBy(() -> carafe.measure(Part.STREAMS, Duration.ofMillis(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("it took more than");
            assertThat(carafe.measure(Part.STREAMS, LONG)).containsOnlyKeys(Figure.STREAMS);
        }
    }

    @Test
    void onlyTheTimeInWhichAllStreamsRunIsCounted() throws Exception {
        Timeline early = new Timeline(0, List.of(10 * MILLI, 20 * MILLI, 30 * MILLI, 40 * MILLI));
        Timeline late = new Timeline(0, List.of(20 * MILLI, 30 * MILLI, 40 * MILLI, 50 * MILLI));
        // From 20 ms to 40 ms: two tokens each.
        assertThat(CarafeContender.fullBatchRate(List.of(early, late))).isCloseTo(200, Offset.offset(1e-6));
    }

    @Test
    void streamsThatNeverRanTogetherAreNoMeasurement() {
        Timeline early = new Timeline(0, List.of(10 * MILLI, 20 * MILLI));
        Timeline late = new Timeline(0, List.of(30 * MILLI, 40 * MILLI));
        assertThatThrownBy(() -> CarafeContender.fullBatchRate(List.of(early, late)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not overlap");
    }
}
