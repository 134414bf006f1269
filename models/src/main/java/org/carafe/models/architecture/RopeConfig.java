package org.carafe.models.architecture;

import java.util.Locale;
import java.util.Optional;

/**
 * Reads rotary settings in both forms that transformers writes: {@code rope_theta} beside {@code rope_scaling} (its kind under
 * {@code type} or {@code rope_type}), and the newer {@code rope_parameters}, which holds both.
 */
final class RopeConfig {
    private static final double FACTOR_MAX = 1e6;
    private static final double THETA_MAX = 1e12;

    private RopeConfig() {}

    /** The rotary embedding of all layers. */
    static RopeSpec read(ConfigReader config, double defaultTheta, int contextTokensMax) {
        Optional<ConfigReader> parameters = config.object("rope_parameters");
        if (parameters.isPresent()) {
            return parameters(parameters.get(), theta(config, defaultTheta), contextTokensMax);
        }
        return new RopeSpec(
                theta(config, defaultTheta),
                config.object("rope_scaling")
                        .map(scaling -> scaling(scaling, contextTokensMax))
                        .orElseGet(RopeScaling.None::new));
    }

    /** An object that holds {@code rope_theta} and a scaling. */
    static RopeSpec parameters(ConfigReader parameters, double defaultTheta, int contextTokensMax) {
        return new RopeSpec(theta(parameters, defaultTheta), scaling(parameters, contextTokensMax));
    }

    /** {@code rope_theta}. */
    static double theta(ConfigReader config, double absent) {
        return config.number("rope_theta", 1, THETA_MAX, absent);
    }

    /** A {@code rope_scaling} object. */
    static RopeScaling scaling(ConfigReader scaling, int contextTokensMax) {
        String key = scaling.has("rope_type") || !scaling.has("type") ? "rope_type" : "type";
        if (scaling.number("partial_rotary_factor", 0, 1, 1) != 1) {
            throw scaling.invalid("partial_rotary_factor", "below 1 is not supported");
        }
        String type = scaling.text(key, "default").toLowerCase(Locale.ROOT);
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(factor(scaling));
            case "dynamic" -> new RopeScaling.Dynamic(factor(scaling), contextTokensMax);
            case "llama3" -> llama3(scaling, contextTokensMax);
            default ->
                throw scaling.invalid(
                        key, "is " + type + ", which is not supported; supported: default, linear, dynamic, llama3");
        };
    }

    private static double factor(ConfigReader scaling) {
        return scaling.number("factor", 1, FACTOR_MAX);
    }

    private static RopeScaling llama3(ConfigReader scaling, int contextTokensMax) {
        double low = scaling.number("low_freq_factor", 1e-6, FACTOR_MAX);
        double high = scaling.number("high_freq_factor", 1e-6, FACTOR_MAX);
        if (high <= low) {
            throw scaling.invalid("high_freq_factor", "is " + high + ", but must exceed low_freq_factor " + low);
        }
        int original = scaling.integer(
                "original_max_position_embeddings", 1, CommonConfig.CONTEXT_TOKENS_MAX, contextTokensMax);
        return new RopeScaling.Llama3(factor(scaling), low, high, original);
    }
}
