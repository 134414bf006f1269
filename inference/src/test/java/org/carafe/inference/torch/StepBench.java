package org.carafe.inference.torch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;

/** Times the runner alone. Arguments: a checkpoint, a {@link WeightFormat}, then {@code sequences,prompt,steps} any number of times. */
final class StepBench {
    private static final int CHUNK = 512;
    private static final int CONTEXT = 8192;

    private StepBench() {}

    public static void main(String[] arguments) {
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.valueOf(arguments[1]))
                .withKvBytes(OptionalLong.of(1L << 30))
                .withContextTokensMax(OptionalInt.of(CONTEXT));
        long start = System.nanoTime();
        try (Checkpoint checkpoint = Checkpoints.open(Path.of(arguments[0]));
                TorchRunner runner = TorchRunner.load(checkpoint, options)) {
            System.out.printf(Locale.ROOT, "open and load %.0f ms%n", (System.nanoTime() - start) / 1e6);
            for (String load : Arrays.asList(arguments).subList(2, arguments.length)) {
                int[] numbers = Arrays.stream(load.split(",", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                time(runner, numbers[0], numbers[1], numbers[2]);
            }
        }
    }

    private static void time(TorchRunner runner, int sequences, int prompt, int steps) {
        Random random = new Random(1);
        int blocks = Math.ceilDiv(prompt + steps + 1, runner.shape().blockTokens());
        List<Driver> drivers = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < sequences; i++) {
            int[] tokens =
                    random.ints(prompt, 0, runner.shape().vocabularySize()).toArray();
            drivers.add(new Driver(runner, tokens, i * blocks, prompt + steps + 1));
            drivers.get(i).greedy(CHUNK, 1);
        }
        double prefill = sequences * prompt / ((System.nanoTime() - start) / 1e9);
        double[] millis = new double[steps];
        for (int step = 0; step < steps; step++) {
            long begin = System.nanoTime();
            StepResult result = runner.step(new BatchPlan(drivers.stream()
                    .map(driver -> driver.slice(1, SamplingParams.greedy(), -1))
                    .toList()));
            for (int i = 0; i < sequences; i++) {
                drivers.get(i).accept(1, result.sampled().get(i));
            }
            millis[step] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(millis);
        double median = millis[steps / 2];
        System.out.printf(
                Locale.ROOT,
                "%d x %d: prefill %.1f tok/s, step %.1f ms (least %.1f), decode %.1f tok/s%n",
                sequences,
                prompt,
                prefill,
                median,
                millis[0],
                sequences * 1000 / median);
    }
}
