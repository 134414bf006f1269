package org.carafe.inference.torch;

import ai.djl.Device;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.vector.DecoderModel;
import org.carafe.inference.vector.Format;
import org.carafe.inference.vector.VectorDecoder;
import org.carafe.models.architecture.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Steps of one decoding sequence alone, on a CPU: what a single user waits for. PyTorch pays for each of some 700 operations a step there,
 * and its int8 and int4 kernels are slower than the memory; {@link VectorDecoder} reads the same weights and the same KV cache without that.
 */
final class SoloDecoder implements AutoCloseable {
    private final VectorDecoder decoder;

    private SoloDecoder(VectorDecoder decoder) {
        this.decoder = decoder;
    }

    /** A decoder whose loops are being compiled while the weights are loaded. */
    record Preparation(CompletableFuture<Void> compiled) {
        SoloDecoder finish(DecoderModel model, OptionalInt threads) {
            compiled.join();
            return new SoloDecoder(new VectorDecoder(model, threads.orElseGet(Devices::cores)));
        }
    }

    /** Null where this model, format, device or JVM leaves all steps to PyTorch. */
    static @Nullable Preparation prepare(ModelSpec spec, WeightFormat weights, Device device) {
        if (device.isGpu() || weights == WeightFormat.F32 || !VectorDecoder.isAvailable()) {
            return null;
        }
        Format format = switch (weights) {
            case BF16, F32 -> Format.BF16;
            case INT8 -> Format.INT8;
            case INT4 -> Format.INT4;
        };
        return VectorDecoder.supports(spec, format)
                ? new Preparation(CompletableFuture.runAsync(() -> VectorDecoder.warmUp(spec, format)))
                : null;
    }

    /** Whether the plan is one token of one sequence, which is sampled. */
    static boolean isSolo(BatchPlan plan) {
        BatchPlan.Slice first = plan.slices().getFirst();
        return plan.slices().size() == 1
                && first.count() == 1
                && first.sampling() != null
                && first.promptLogprobs() < 0;
    }

    /** Computes the plan's one token; its logits go to the row. */
    void step(BatchPlan plan, MemorySegment row) {
        BatchPlan.Slice slice = plan.slices().getFirst();
        int tokenId = slice.tokens().get(slice.start());
        try {
            decoder.step(tokenId, slice.start(), slice.blocks(), row);
        } catch (IllegalStateException e) {
            throw new RunnerException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        decoder.close();
    }
}
