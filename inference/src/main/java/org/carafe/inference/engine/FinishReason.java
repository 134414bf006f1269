package org.carafe.inference.engine;

/** Why a generation ended well. */
public enum FinishReason {
    /** A stop id, an end id or a stop string. */
    STOP,
    /** {@code maxTokens}, or the end of the context. */
    LENGTH,
    /** The reader cancelled, disconnected or fell too far behind. */
    CANCELLED
}
