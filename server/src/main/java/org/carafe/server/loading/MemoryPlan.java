package org.carafe.server.loading;

import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.server.config.ByteSize;
import org.carafe.server.config.SettingException;

/**
 * How much of a machine's memory the KV cache gets.
 *
 * @param contextTokensMax longest sequence that is served
 * @param kvTokens tokens that the KV cache holds, of all sequences together; the context or more
 * @param kvBytes what that takes
 */
record MemoryPlan(int contextTokensMax, long kvTokens, long kvBytes) {
    /** JVM, activations and the tokenizer. */
    private static final long RESERVE_BYTES = 768L << 20;

    /** Without {@code --kv-memory}, each place gets this much context, and the cache at most half of what is free. */
    private static final int SEQUENCE_TOKENS_USUAL = 2048;

    private static final int CONTEXT_TOKENS_MIN = 256;

    /**
     * Plans a load.
     *
     * @param weightBytes of the weights as they will be held
     * @param kvElementBytes of one number in the KV cache
     * @param availableBytes memory that the weights and the cache may take together
     * @throws SettingException the machine's memory, or {@code --kv-memory}, is too small; both figures are named
     */
    static MemoryPlan of(
            ModelSpec spec, long weightBytes, int kvElementBytes, long availableBytes, ModelSettings settings) {
        int context = context(spec, settings);
        long tokenBytes = tokenBytes(spec, kvElementBytes);
        long free = availableBytes - RESERVE_BYTES - weightBytes;
        long tokens;
        if (settings.kvBytes().isPresent()) {
            tokens = settings.kvBytes().getAsLong() / tokenBytes;
            if (tokens < Math.min(context, CONTEXT_TOKENS_MIN)) {
                throw new SettingException("--kv-memory "
                        + new ByteSize(settings.kvBytes().getAsLong()) + " holds " + tokens
                        + " tokens of this model; at least " + Math.min(context, CONTEXT_TOKENS_MIN) + " are needed ("
                        + new ByteSize(Math.min(context, CONTEXT_TOKENS_MIN) * tokenBytes) + ")");
            }
        } else {
            long wanted = Math.max(context, (long) settings.sequencesMax() * Math.min(context, SEQUENCE_TOKENS_USUAL));
            tokens = Math.max(
                    Math.min(wanted, Math.max(0, free / 2) / tokenBytes), Math.min(context, CONTEXT_TOKENS_MIN));
        }
        if (tokens * tokenBytes > free) {
            throw new SettingException(
                    "too little memory: " + new ByteSize(weightBytes + tokens * tokenBytes + RESERVE_BYTES)
                            + " are needed (weights " + new ByteSize(weightBytes) + ", KV cache "
                            + new ByteSize(tokens * tokenBytes)
                            + ", " + new ByteSize(RESERVE_BYTES) + " to work with), " + new ByteSize(availableBytes)
                            + " are available");
        }
        return new MemoryPlan((int) Math.min(context, tokens), tokens, tokens * tokenBytes);
    }

    private static int context(ModelSpec spec, ModelSettings settings) {
        int context = settings.contextTokensMax().orElse(spec.contextTokensMax());
        if (context > spec.contextTokensMax()) {
            throw new SettingException(
                    "--max-context " + context + " is more than the model's " + spec.contextTokensMax());
        }
        return context;
    }

    private static long tokenBytes(ModelSpec spec, int elementBytes) {
        long elements = 0;
        for (LayerSpec layer : spec.layers()) {
            elements += 2L * layer.attention().kvHeads() * layer.attention().headDim();
        }
        return elements * elementBytes;
    }
}
