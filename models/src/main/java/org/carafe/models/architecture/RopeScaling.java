package org.carafe.models.architecture;

import java.util.List;

/** How a checkpoint stretches rotary frequencies over a longer context (HF {@code rope_scaling}; definitions of its modeling_rope_utils). */
public sealed interface RopeScaling {
    /** The base of the geometric series. */
    default double base(double theta, int headDim, int servedContextTokens) {
        return theta;
    }

    /** The stretched value of the inverse frequency at this index of the series. */
    default double scale(double frequency, int index) {
        return frequency;
    }

    /** How many times the declared context a sequence may be long; 1 where the declared context includes the stretching. */
    default double reach() {
        return 1;
    }

    /** No stretching. */
    record None() implements RopeScaling {}

    /** Every position divided by the factor. */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double scale(double frequency, int index) {
            return frequency / factor;
        }
    }

    /**
     * Dynamic NTK: the base grows once a sequence passes the trained context, which is {@code max_position_embeddings}: transformers
     * takes no other ({@code original_max_position_embeddings} is for other kinds). The base is fixed here for the longest sequence
     * that is served, since cached keys cannot be rotated anew when a sequence grows.
     */
    record Dynamic(double factor, int originalContextTokens) implements RopeScaling {
        @Override
        public double base(double theta, int headDim, int servedContextTokens) {
            double length = Math.max(servedContextTokens, originalContextTokens);
            double growth = factor * length / originalContextTokens - (factor - 1);
            return theta * Math.pow(growth, headDim / (headDim - 2.0));
        }

        @Override
        public double reach() {
            return factor;
        }
    }

    /** Llama 3.1: low frequencies divided by the factor, high ones kept, a smooth passage between. */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContextTokens)
            implements RopeScaling {
        @Override
        public double scale(double frequency, int index) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength < originalContextTokens / highFrequencyFactor) {
                return frequency;
            }
            if (wavelength > originalContextTokens / lowFrequencyFactor) {
                return frequency / factor;
            }
            double smooth = (originalContextTokens / wavelength - lowFrequencyFactor)
                    / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /** One given factor per frequency (GGUF {@code rope_freqs.weight}): each is divided by its own. */
    record PerFrequency(List<Double> factors) implements RopeScaling {
        public PerFrequency {
            factors = List.copyOf(factors);
        }

        @Override
        public double scale(double frequency, int index) {
            return frequency / factors.get(index);
        }
    }
}
