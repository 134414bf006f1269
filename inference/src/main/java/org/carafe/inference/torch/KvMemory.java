package org.carafe.inference.torch;

import java.util.Locale;
import org.carafe.inference.runner.RunnerException;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.ModelSpec;

/**
 * How many KV blocks to allocate. Unless told otherwise: half of what the machine has left beside the weights, but no more than {@value
 * #SEQUENCES} sequences of the longest length need.
 *
 * @param blocks at least one
 * @param bytes of all blocks
 */
record KvMemory(int blocks, long bytes) {
    private static final int SEQUENCES = 16;
    private static final long SHARE = 2;

    /** Blocks are numbered by ints, and slots (block times tokens of a block) too. */
    private static final long SLOTS_MAX = Integer.MAX_VALUE;

    /** Room for activations and the rest of the process. */
    private static final long RESERVE_BYTES = 256L << 20;

    /**
     * Sizes the cache.
     *
     * @param weightBytes of the weights as they will be held
     * @param availableBytes that the device has for weights and KV
     * @throws RunnerException they do not fit
     */
    static KvMemory of(
            ModelSpec spec,
            WeightFormat format,
            TorchOptions options,
            int contextTokensMax,
            long weightBytes,
            long availableBytes) {
        long blockBytes = tokenBytes(spec, format) * options.blockTokens();
        long left = availableBytes - weightBytes - RESERVE_BYTES;
        long wanted = options.kvBytes().isPresent()
                ? options.kvBytes().getAsLong()
                : Math.min(left / SHARE, blocksFor(contextTokensMax, options) * blockBytes * SEQUENCES);
        long blocks = Math.min(wanted / blockBytes, SLOTS_MAX / options.blockTokens());
        if (blocks < 1 || wanted > left) {
            throw new RunnerException(String.format(
                    Locale.ROOT,
                    "not enough memory: the weights take %s and the KV cache %s (a block %s), but %s are available",
                    gib(weightBytes),
                    gib(Math.max(wanted, blockBytes)),
                    gib(blockBytes),
                    gib(availableBytes)));
        }
        return new KvMemory((int) blocks, blocks * blockBytes);
    }

    private static long blocksFor(int tokens, TorchOptions options) {
        return Math.ceilDiv(tokens, options.blockTokens());
    }

    private static long tokenBytes(ModelSpec spec, WeightFormat format) {
        long bytes = 0;
        for (LayerSpec layer : spec.layers()) {
            AttentionSpec attention = layer.attention();
            bytes += 2L * attention.kvHeads() * attention.headDim() * format.computeBytes();
        }
        return bytes;
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.3f GiB", bytes / (double) (1L << 30));
    }
}
