package org.carafe.bench.jmh;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench jmh}: the benchmarks of this package. */
@Command(
        name = "jmh",
        description = "Measure hot paths: engine step, sampling, text, server-sent events, matrix kernels.",
        mixinStandardHelpOptions = true)
public final class JmhCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATTERN", description = "Parts of names of benchmarks to run (default: all).")
    private List<String> patterns = List.of();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "Checkpoint whose tokenizer and chat template the text benchmarks use (default: the bundled demo).")
    private @Nullable Path model;

    @Option(names = "--forks", defaultValue = "1", description = "Fresh JVMs (default: ${DEFAULT-VALUE}).")
    private int forks = 1;

    @Option(
            names = "--iterations",
            defaultValue = "5",
            description = "Seconds of each fork (default: ${DEFAULT-VALUE}).")
    private int iterations = 5;

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(forks)
                .warmupIterations(5)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1));
        String everything = JmhCommand.class.getPackageName().replace(".", "\\.") + ".*";
        if (patterns.isEmpty()) {
            options = options.include(everything);
        }
        for (String pattern : patterns) {
            options = options.include(everything + pattern);
        }
        if (model != null) {
            options = options.param("checkpoint", model.toAbsolutePath().toString());
        }
        new Runner(options.build()).run();
        return 0;
    }
}
