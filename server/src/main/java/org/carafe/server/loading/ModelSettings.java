package org.carafe.server.loading;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.carafe.server.config.SettingException;

/**
 * How a model is loaded and batched.
 *
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param contextTokensMax longest sequence; empty: the model's own
 * @param sequencesMax sequences that run at once
 * @param kvBytes memory of the KV cache; empty: a share of what is free
 * @param prefillTokensMax prompt tokens of one step
 * @param waitingMax requests that may wait
 * @param syntheticTokensPerSecond of each sequence, synthetic runner only; 0: as fast as it goes
 */
public record ModelSettings(
        RunnerChoice runner,
        String device,
        NumericType dtype,
        OptionalInt contextTokensMax,
        int sequencesMax,
        OptionalLong kvBytes,
        int prefillTokensMax,
        int waitingMax,
        double syntheticTokensPerSecond) {
    public ModelSettings {
        if (!device.matches("auto|cpu|cuda(:\\d{1,3})?")) {
            throw new SettingException("--device must be auto, cpu, cuda or cuda:N, not '" + device + "'");
        }
        within("--max-seqs", sequencesMax, 1, 4096);
        within("--prefill-chunk", prefillTokensMax, 16, 65_536);
        within("--queue-size", waitingMax, 1, 1_000_000);
        contextTokensMax.ifPresent(tokens -> within("--max-context", tokens, 16, 16_777_216));
        if (!(syntheticTokensPerSecond >= 0 && syntheticTokensPerSecond <= 1e6)) {
            throw new SettingException(
                    "--synthetic-rate must be between 0 and 1000000, not " + syntheticTokensPerSecond);
        }
    }

    private static void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new SettingException(option + " must be between " + min + " and " + max + ", not " + value);
        }
    }
}
