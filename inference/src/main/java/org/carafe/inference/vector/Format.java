package org.carafe.inference.vector;

/** In what a model's linears are held. */
public enum Format {
    BF16,
    INT8,
    /** Linears whose shape does not fit are {@link #INT8}. */
    INT4
}
