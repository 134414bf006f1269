package org.carafe.inference.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.models.tensor.TensorType;

/** Prints by how many bytes this process grew over a few thousand steps. */
final class LeakProbe {
    private LeakProbe() {}

    public static void main(String[] arguments) throws IOException {
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.F32)
                .withKvBytes(OptionalLong.of(4 << 20))
                .withThreads(1);
        try (RandomCheckpoint weights = new RandomCheckpoint(Specs.all().get("plain"), TensorType.F32, 1);
                TorchRunner runner = TorchRunner.load(weights, options)) {
            steps(runner, 700);
            long before = residentBytes();
            steps(runner, 1500);
            System.out.println(residentBytes() - before);
        }
    }

    private static void steps(TorchRunner runner, int count) {
        for (int i = 0; i < count; i++) {
            Driver driver = new Driver(runner, new int[] {1 + i % 50, 2}, 0, 8);
            SamplingParams params = i % 2 == 0 ? SamplingParams.greedy() : Driver.reporting(3);
            runner.step(new BatchPlan(List.of(driver.slice(2, params, 0))));
        }
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no RssAnon in /proc/self/status");
    }
}
