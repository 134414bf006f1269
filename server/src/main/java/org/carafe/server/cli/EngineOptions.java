package org.carafe.server.cli;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.carafe.server.cli.options.Values.ToByteSize;
import org.carafe.server.config.ByteSize;
import org.carafe.server.loading.ModelSettings;
import org.carafe.server.loading.NumericType;
import org.carafe.server.loading.RunnerChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the engine computes, in which numbers, and how much it takes at once. */
@Command
final class EngineOptions {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "cpu, cuda or cuda:N (default: auto, a GPU where PyTorch sees one).")
    private String device = "";

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description =
                    "Numeric type of the weights: ${COMPLETION-CANDIDATES} (default: auto, the checkpoint's own).")
    private NumericType dtype = NumericType.auto;

    @Option(
            names = "--max-context",
            paramLabel = "TOKENS",
            description = "Longest sequence, prompt and answer (default: the model's, as far as KV memory holds it).")
    private @Nullable Integer contextTokensMax;

    @Option(
            names = "--max-seqs",
            paramLabel = "N",
            defaultValue = "64",
            description = "Sequences that run at once (default: ${DEFAULT-VALUE}).")
    private int sequencesMax;

    @Option(
            names = "--kv-memory",
            paramLabel = "SIZE",
            converter = ToByteSize.class,
            description = "Memory of the KV cache, such as 4GiB (default: a share of what is free).")
    private @Nullable ByteSize kvMemory;

    @Option(
            names = "--prefill-chunk",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Most tokens of one step (default: ${DEFAULT-VALUE}).")
    private int prefillChunkTokens;

    @Option(
            names = "--queue-size",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Requests that may wait; more get a 429 (default: ${DEFAULT-VALUE}).")
    private int queueSize;

    /** How to load a model with these; throws where a value is out of its range. */
    ModelSettings settings(RunnerChoice runner, double syntheticRate) {
        return new ModelSettings(
                runner,
                device,
                dtype,
                contextTokensMax == null ? OptionalInt.empty() : OptionalInt.of(contextTokensMax),
                sequencesMax,
                kvMemory == null ? OptionalLong.empty() : OptionalLong.of(kvMemory.bytes()),
                prefillChunkTokens,
                queueSize,
                syntheticRate);
    }
}
