package org.carafe.models.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.jspecify.annotations.Nullable;

/** Reads generation_config.json; what ends a generation falls back on config.json, as in transformers. */
final class GenerationReader {
    private static final String END = "eos_token_id";
    /** Logits are divided by it. */
    private static final double REPETITION_PENALTY_MIN = 0.01;

    private GenerationReader() {}

    /**
     * Reads the sampling defaults.
     *
     * @param generation generation_config.json; an empty object where there is none
     * @param endTokenIds where it names none
     */
    static GenerationDefaults read(ConfigReader generation, List<Integer> endTokenIds) {
        return new GenerationDefaults(
                generation.has(END) ? generation.integers(END, 0, Integer.MAX_VALUE) : endTokenIds,
                number(generation, "temperature", 0, 100),
                number(generation, "top_p", 0, 1),
                generation.has("top_k")
                        ? OptionalInt.of(generation.integer("top_k", 0, Integer.MAX_VALUE))
                        : OptionalInt.empty(),
                number(generation, "min_p", 0, 1),
                number(generation, "repetition_penalty", REPETITION_PENALTY_MIN, 100));
    }

    /**
     * What config.json says of it; the configuration class's default where it has no such key.
     *
     * @param absent the family's default
     */
    static List<Integer> endTokenIds(ConfigReader config, int absent) {
        if (config.has(END)) {
            return config.integers(END, 0, Integer.MAX_VALUE);
        }
        return config.isNull(END) ? List.of() : List.of(absent);
    }

    private static @Nullable Double number(ConfigReader config, String key, double min, double max) {
        return config.has(key) ? config.number(key, min, max) : null;
    }
}
