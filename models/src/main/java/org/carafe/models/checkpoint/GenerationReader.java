package org.carafe.models.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.jspecify.annotations.Nullable;

/** Reads generation_config.json; what ends a generation falls back on config.json, as in transformers. */
final class GenerationReader {
    private GenerationReader() {}

    /**
     * Reads the sampling defaults.
     *
     * @param generation generation_config.json; an empty object where there is none
     * @param model config.json
     * @param defaultEndTokenId of the family, where neither has the key
     */
    static GenerationDefaults read(ConfigReader generation, ConfigReader model, int defaultEndTokenId) {
        return new GenerationDefaults(
                endTokens(generation, model, defaultEndTokenId),
                number(generation, "temperature", 0, 100),
                number(generation, "top_p", 0, 1),
                generation.has("top_k")
                        ? OptionalInt.of(generation.integer("top_k", 0, Integer.MAX_VALUE))
                        : OptionalInt.empty(),
                number(generation, "min_p", 0, 1),
                number(generation, "repetition_penalty", 0, 100));
    }

    private static List<Integer> endTokens(ConfigReader generation, ConfigReader model, int defaultEndTokenId) {
        String key = "eos_token_id";
        for (ConfigReader config : List.of(generation, model)) {
            if (config.has(key)) {
                return config.integers(key, 0, Integer.MAX_VALUE);
            }
        }
        return model.isNull(key) ? List.of() : List.of(defaultEndTokenId);
    }

    private static @Nullable Double number(ConfigReader config, String key, double min, double max) {
        return config.has(key) ? config.number(key, min, max) : null;
    }
}
