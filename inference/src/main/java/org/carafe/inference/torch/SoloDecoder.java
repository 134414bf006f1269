package org.carafe.inference.torch;

import ai.djl.Device;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.vector.DecoderModel;
import org.carafe.inference.vector.Format;
import org.carafe.inference.vector.VectorDecoder;
import org.carafe.models.architecture.ModelSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps of one decoding sequence alone, on a CPU: what a single user waits for. PyTorch pays for each of some 700 operations a step there,
 * and its int8 and int4 kernels are slower than the memory; {@link VectorDecoder} reads the same weights and the same KV cache without that.
 */
final class SoloDecoder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoloDecoder.class);

    private final VectorDecoder decoder;

    private SoloDecoder(VectorDecoder decoder) {
        this.decoder = decoder;
    }

    /** How a runner comes by its decoder; {@link #prepare} but for tests. */
    interface Preparer {
        /** Null where this model, format, device or JVM leaves all steps to PyTorch. */
        @Nullable
        Preparation prepare(ModelSpec spec, WeightFormat weights, Device device);
    }

    /** A decoder whose loops are being compiled while the weights are loaded. */
    record Preparation(CompletableFuture<Void> compiled) {
        /** Null where that failed: PyTorch does those steps then, and a line of warning says so. */
        @Nullable
        SoloDecoder finish(DecoderModel model, OptionalInt threads) {
            try {
                compiled.join();
                return new SoloDecoder(new VectorDecoder(model, threads.orElseGet(Devices::cores)));
            } catch (CompletionException e) {
                return failed(e.getCause() == null ? e : e.getCause());
            } catch (RuntimeException | LinkageError e) {
                return failed(e);
            }
        }
    }

    /** As {@link Preparer#prepare}. */
    static @Nullable Preparation prepare(ModelSpec spec, WeightFormat weights, Device device) {
        if (device.isGpu() || weights == WeightFormat.F32) {
            return null;
        }
        Format format = switch (weights) {
            case BF16, F32 -> Format.BF16;
            case INT8 -> Format.INT8;
            case INT4 -> Format.INT4;
        };
        try {
            return VectorDecoder.isAvailable() && VectorDecoder.supports(spec, format)
                    ? new Preparation(CompletableFuture.runAsync(() -> VectorDecoder.warmUp(spec, format)))
                    : null;
        } catch (LinkageError e) {
            failed(e);
            return null;
        }
    }

    /** It is faster than PyTorch, not needed: only a JVM that is out of memory or broken ends the load. */
    private static @Nullable SoloDecoder failed(Throwable e) {
        if (e instanceof VirtualMachineError broken) {
            throw broken;
        }
        LOG.warn(
                "Java's kernels failed to start, so one sequence alone is decoded by PyTorch, which is slower: {}",
                e.toString());
        return null;
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
