package org.carafe.server.loading;

/** In what the weights are held ({@code --dtype}); constants are spelled as the option is. */
public enum NumericType {
    /** The checkpoint's own. */
    auto,
    bf16,
    f32,
    /** Weight-only, a scale a row. */
    int8,
    /** Weight-only, a scale every 32. */
    int4
}
