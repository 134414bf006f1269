package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The narrow formats, fed the golden prompts and answers (teacher-forced), against float32 arithmetic on the same weights. */
class NarrowFormatsTest {
    private static final int OUTPUT = 48;

    /** The step of bfloat16 (8 bits) at these logits, which lie below 16. Where float32's two candidates are closer, either may win. */
    private static final double RESOLUTION = 16.0 / 256;

    static List<String> names() {
        return GoldenCheckpoints.NAMES;
    }

    /** Log-probabilities of the whole vocabulary after each token of a sequence, by id. */
    private static List<float[]> distributions(Checkpoint checkpoint, WeightFormat format, List<int[]> sequences) {
        int vocabulary = checkpoint.spec().vocabularySize();
        List<float[]> rows = new ArrayList<>();
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(format)
                .withKvBytes(OptionalLong.of(8 << 20))
                .withThreads(1);
        try (TorchRunner runner = TorchRunner.load(checkpoint, options)) {
            for (int[] sequence : sequences) {
                Driver driver = new Driver(runner, sequence, 0, sequence.length + 1);
                StepResult result = runner.step(
                        new BatchPlan(List.of(driver.slice(sequence.length, Driver.reporting(0), vocabulary))));
                for (TokenLogprobs row : result.promptLogprobs().getFirst()) {
                    float[] byId = new float[vocabulary];
                    row.top().forEach(a -> byId[a.tokenId()] = a.logprob());
                    rows.add(byId);
                }
            }
        }
        return rows;
    }

    static List<int[]> sequences(String name) {
        return Golden.read(name).cases().stream()
                .map(c -> IntStream.concat(
                                IntStream.of(c.prompt()),
                                IntStream.of(c.greedy()).limit(OUTPUT))
                        .toArray())
                .toList();
    }

    private static int best(float[] row) {
        return IntStream.range(0, row.length).reduce(0, (a, b) -> row[b] > row[a] ? b : a);
    }

    @Test
    void bfloat16AgreesOnTheBestTokenInNinetyNineOfAHundredPlaces() {
        // Both sides have the weights rounded to BF16: what differs is arithmetic.
        int places = 0;
        int agreed = 0;
        for (String name : names()) {
            List<int[]> sequences = sequences(name);
            try (Checkpoint checkpoint = new RoundedCheckpoint(Golden.open(name))) {
                List<float[]> wide = distributions(checkpoint, WeightFormat.F32, sequences);
                List<float[]> narrow = distributions(checkpoint, WeightFormat.BF16, sequences);
                for (int i = 0; i < wide.size(); i++) {
                    int expected = best(wide.get(i));
                    int got = best(narrow.get(i));
                    if (expected == got || wide.get(i)[expected] - wide.get(i)[got] >= RESOLUTION) {
                        places++;
                        agreed += expected == got ? 1 : 0;
                    }
                }
            }
        }
        assertThat(places).isGreaterThan(800);
        assertThat(agreed / (double) places).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void bfloat16GeneratesTheGoldenTokensInNinetyNineOfAHundredPlaces() {
        // The golden weights are float32, and rounding them moves the logits too: places count where the two best are
        // further apart.
        int places = 0;
        int agreed = 0;
        for (String name : names()) {
            List<Golden.Case> cases = Golden.read(name).cases();
            try (Checkpoint checkpoint = Golden.open(name)) {
                List<float[]> wide = distributions(checkpoint, WeightFormat.F32, sequences(name));
                List<float[]> narrow = distributions(checkpoint, WeightFormat.BF16, sequences(name));
                int row = 0;
                for (Golden.Case golden : cases) {
                    int generated = Math.min(OUTPUT, golden.greedy().length);
                    row += golden.prompt().length - 1;
                    for (int i = 0; i < generated; i++, row++) {
                        if (gap(wide.get(row)) >= 2 * RESOLUTION) {
                            places++;
                            agreed += best(narrow.get(row)) == golden.greedy()[i] ? 1 : 0;
                        }
                    }
                }
                assertThat(row).isEqualTo(wide.size());
            }
        }
        assertThat(places).isGreaterThan(600);
        assertThat(agreed / (double) places).isGreaterThanOrEqualTo(0.99);
    }

    /** Between the best and the second. */
    private static double gap(float[] row) {
        float[] sorted = row.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - 1] - sorted[sorted.length - 2];
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightFormat.class,
            names = {"INT8", "INT4"})
    void quantizedWeightsStayCloseToFloat32(WeightFormat format) {
        // Mean divergence in nats; random weights have no redundancy, trained models stay far closer.
        double bound = format == WeightFormat.INT8 ? 0.05 : 0.8;
        for (String name : names()) {
            List<int[]> sequences = sequences(name);
            try (Checkpoint checkpoint = Golden.open(name)) {
                List<float[]> wide = distributions(checkpoint, WeightFormat.F32, sequences);
                List<float[]> narrow = distributions(checkpoint, format, sequences);
                double sum = 0;
                for (int i = 0; i < wide.size(); i++) {
                    sum += divergence(wide.get(i), narrow.get(i));
                }
                assertThat(sum / wide.size()).as("%s %s", name, format).isBetween(0.0, bound);
            }
        }
    }

    /** Kullback and Leibler's, of the second from the first. */
    private static double divergence(float[] wide, float[] narrow) {
        double sum = 0;
        for (int i = 0; i < wide.length; i++) {
            sum += Math.exp(wide[i]) * (wide[i] - narrow[i]);
        }
        return sum;
    }
}
