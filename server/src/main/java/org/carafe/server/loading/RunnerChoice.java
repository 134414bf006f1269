package org.carafe.server.loading;

/** Which runner is asked for ({@code --runner}); constants are spelled as the option is. */
public enum RunnerChoice {
    /** The best that this build and machine have. */
    auto,
    /** PyTorch through DJL, on the CPU or a CUDA device. */
    torch,
    /** Carafe's own CUDA kernels. */
    cuda,
    /** Tokens at a given rate, without a model. */
    synthetic
}
