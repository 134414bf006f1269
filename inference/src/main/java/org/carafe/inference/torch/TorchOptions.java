package org.carafe.inference.torch;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint is loaded.
 *
 * @param device {@code auto} (a CUDA device where there is one, else the CPU), {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param format null: {@link WeightFormat#of} the checkpoint's type
 * @param contextTokensMax longest sequence; empty: what the checkpoint declares
 * @param kvBytes memory of the KV cache; empty: see {@link KvMemory}
 * @param blockTokens tokens of a KV block
 * @param threads intra-op threads; empty: the physical cores this process may use
 * @param listener told how loading goes
 */
public record TorchOptions(
        String device,
        @Nullable WeightFormat format,
        OptionalInt contextTokensMax,
        OptionalLong kvBytes,
        int blockTokens,
        OptionalInt threads,
        LoadListener listener) {
    /** Inputs of an output that share an int4 scale and zero. */
    public static final int INT4_GROUP = 32;

    private static final int BLOCK_TOKENS = 16;

    public TorchOptions {
        assert blockTokens > 0 : "a block holds tokens";
    }

    /** Told of each weight that is in place, by the loading thread. */
    @FunctionalInterface
    public interface LoadListener {
        void loaded(long bytes, long bytesTotal);
    }

    /** The CPU or GPU there is, the checkpoint's own type and context, a share of free memory for KV. */
    public static TorchOptions defaults() {
        return new TorchOptions(
                "auto",
                null,
                OptionalInt.empty(),
                OptionalLong.empty(),
                BLOCK_TOKENS,
                OptionalInt.empty(),
                (bytes, total) -> {});
    }

    /** Whether the device will be the CPU. Loads the native libraries where that depends on what the machine has. */
    public boolean runsOnCpu() {
        return device.equals("cpu")
                || !Devices.of(device, TorchNatives.load().getGpuCount()).isGpu();
    }

    public TorchOptions withDevice(String value) {
        return new TorchOptions(value, format, contextTokensMax, kvBytes, blockTokens, threads, listener);
    }

    public TorchOptions withFormat(@Nullable WeightFormat value) {
        return new TorchOptions(device, value, contextTokensMax, kvBytes, blockTokens, threads, listener);
    }

    public TorchOptions withContextTokensMax(OptionalInt value) {
        return new TorchOptions(device, format, value, kvBytes, blockTokens, threads, listener);
    }

    public TorchOptions withKvBytes(OptionalLong value) {
        return new TorchOptions(device, format, contextTokensMax, value, blockTokens, threads, listener);
    }

    public TorchOptions withBlockTokens(int value) {
        return new TorchOptions(device, format, contextTokensMax, kvBytes, value, threads, listener);
    }

    public TorchOptions withThreads(int value) {
        return new TorchOptions(
                device, format, contextTokensMax, kvBytes, blockTokens, OptionalInt.of(value), listener);
    }

    public TorchOptions withListener(LoadListener value) {
        return new TorchOptions(device, format, contextTokensMax, kvBytes, blockTokens, threads, value);
    }
}
