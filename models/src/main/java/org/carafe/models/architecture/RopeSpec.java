package org.carafe.models.architecture;

/**
 * Rotary position embedding over a whole head, halves rotated against each other (HF {@code rotate_half}).
 *
 * @param theta HF {@code rope_theta}
 * @param scaling HF {@code rope_scaling}
 */
public record RopeSpec(double theta, RopeScaling scaling) {
    /**
     * The inverse frequencies, {@code headDim / 2} of them: the angle of pair i at position p is {@code p * result[i]}.
     *
     * @param servedContextTokens the longest sequence that will be served; only {@link RopeScaling.Dynamic} depends on it
     */
    public double[] inverseFrequencies(int headDim, int servedContextTokens) {
        double base = scaling.base(theta, headDim, servedContextTokens);
        double[] frequencies = new double[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.scale(Math.pow(base, -2.0 * i / headDim), i);
        }
        return frequencies;
    }
}
