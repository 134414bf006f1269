package org.carafe.models.architecture;

/**
 * RMSNorm: {@code x / sqrt(mean(x^2) + epsilon) * weight}, computed in float32.
 *
 * @param epsilon HF {@code rms_norm_eps}
 * @param weightPlusOne the factor is {@code 1 + weight} (Gemma), multiplied before rounding to the activations' dtype
 */
public record NormSpec(double epsilon, boolean weightPlusOne) {}
