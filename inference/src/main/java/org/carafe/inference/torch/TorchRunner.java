package org.carafe.inference.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.carafe.inference.IntList;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.Sampler;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.inference.vector.DecoderModel;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.checkpoint.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * Runs a checkpoint through PyTorch: one call into the program per step, and one more for every few rows whose logits Java wants to see.
 * Greedy tokens are chosen by the program.
 */
public final class TorchRunner implements ModelRunner {
    /** Rows of logits that Java sees at a time; bounds their memory. */
    private static final int LOGIT_BYTES_MAX = 16 << 20;

    private static final int TOKENS_OUT = 4096;

    private final RunnerShape shape;
    private final Program program;
    private final NDManager manager;
    private final Arena arena = Arena.ofShared();
    private final StepInput input;
    private Packing packing;
    /** Kept for the program, which knows only where it lies. */
    private List<MemorySegment> aliased = List.of();

    /** What that memory lives by. */
    private List<MemorySegment.Scope> owners = List.of();

    private @Nullable SoloDecoder solo;
    private final Sampler sampler;
    private final int logitRows;
    private final MemorySegment logits;
    private final MemorySegment tokens;
    private @Nullable MemorySegment connected;
    private boolean closed;

    private TorchRunner(RunnerShape shape, Program program, NDManager manager, StepInput input) {
        this.shape = shape;
        this.program = program;
        this.manager = manager;
        this.input = input;
        packing = new Packing(program, List.of());
        long rowBytes = (long) shape.vocabularySize() * Float.BYTES;
        logitRows = Math.clamp(LOGIT_BYTES_MAX / rowBytes, 1, 64);
        logits = arena.allocate(logitRows * rowBytes, 64);
        tokens = arena.allocate((long) TOKENS_OUT * Long.BYTES, 64);
        sampler = new Sampler(shape.vocabularySize());
    }

    /**
     * Loads a checkpoint. It must stay open as long as the runner steps: on the CPU, weights are its mapped files where formats agree.
     *
     * @throws RunnerException no such device, or not enough memory for weights and KV cache
     * @throws org.carafe.models.CheckpointException a weight is missing
     */
    public static TorchRunner load(Checkpoint checkpoint, TorchOptions options) {
        return load(checkpoint, options, SoloDecoder::prepare);
    }

    /** As the other, with another way to a decoder for one sequence alone. */
    static TorchRunner load(Checkpoint checkpoint, TorchOptions options, SoloDecoder.Preparer preparer) {
        Engine engine = TorchNatives.load();
        // DJL counts what the machine has, also where PyTorch's libraries are those for CPUs.
        int gpus = engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
        Device device = Devices.of(options.device(), gpus);
        options.threads().ifPresentOrElse(JniUtils::setNumThreads, () -> JniUtils.setNumThreads(Devices.cores()));
        ModelSpec spec = checkpoint.spec();
        WeightFormat format = Devices.formatFor(device, options.format(), checkpoint.weightType());
        int context = Math.min(options.contextTokensMax().orElse(spec.contextTokensMax()), spec.contextTokensLimit());
        SoloDecoder.Preparation preparation = preparer.prepare(spec, format, device);
        long weightBytes = WeightSize.bytes(checkpoint, format, preparation != null);
        KvMemory kv = KvMemory.of(spec, format, options, context, weightBytes, Devices.availableBytes(device));
        ProgramSettings settings = ProgramSettings.of(spec, format, options.blockTokens(), preparation != null);
        RunnerShape shape = new RunnerShape(
                String.format(Locale.ROOT, "torch-%s-%s", device.isGpu() ? "cuda" : "cpu", format)
                        .toLowerCase(Locale.ROOT),
                spec.vocabularySize(),
                context,
                options.blockTokens(),
                kv.blocks(),
                weightBytes,
                kv.bytes());
        NDManager manager = engine.newBaseManager(Device.cpu());
        Program program = new Program(device, settings.attributes());
        TorchRunner runner =
                new TorchRunner(shape, program, manager, new StepInput(options.blockTokens(), settings.windows()));
        try {
            runner.place(device);
            WeightLoader loader =
                    new WeightLoader(checkpoint, format, device, program, manager, runner.arena, options.listener());
            loader.load(settings.ropes(), context);
            runner.aliased = loader.aliased();
            runner.owners =
                    runner.aliased.stream().map(MemorySegment::scope).distinct().toList();
            runner.packing = new Packing(program, loader.mappedLinears());
            program.call("allocate", kv.blocks());
            runner.warmUp();
            if (preparation != null) {
                DecoderModel model = DecoderMemory.of(program, spec, settings, options.blockTokens(), kv.blocks());
                runner.solo = preparation.finish(model, options.threads());
            }
            return runner;
        } catch (RuntimeException | Error e) {
            runner.close();
            throw e;
        }
    }

    /** One token through the model: maps the weights' pages and lets PyTorch set itself up, so that the first request does not wait. */
    private void warmUp() {
        IntList token = IntList.of(0);
        SamplingState greedy = new SamplingState(SamplingParams.greedy(), token, 1);
        step(new BatchPlan(List.of(new BatchPlan.Slice(token, 0, 1, IntList.of(0), greedy, -1))));
    }

    private void place(Device device) {
        try (NDManager there = manager.newSubManager(device);
                PtNDArray empty = (PtNDArray) there.zeros(new Shape(1), DataType.FLOAT32)) {
            program.callWithTensors("place", empty);
        }
    }

    @Override
    public RunnerShape shape() {
        return shape;
    }

    /** What the program holds of weights, in bytes. */
    long weightBytesHeld() {
        return program.call("weight_bytes");
    }

    /** How many linears are held in the kernels' own layout at present. */
    int packedLinears() {
        return packing.packed();
    }

    /** Whether steps of one sequence alone are computed by Java's kernels. */
    boolean decodesAlone() {
        return solo != null;
    }

    @Override
    public StepResult step(BatchPlan plan) {
        if (closed) {
            throw new RunnerException("the runner is closed");
        }
        requireWeights();
        SoloDecoder alone = solo;
        if (alone != null && SoloDecoder.isSolo(plan)) {
            return solo(alone, plan);
        }
        input.take(plan);
        connect();
        try {
            program.callWithList("step", input.meta());
            StepResult result = result(plan);
            packing.after(plan.tokens());
            return result;
        } finally {
            program.call("release");
        }
    }

    /** Native code and addresses ask nobody whether a mapping is still there: reading one that is gone ends the process. */
    private void requireWeights() {
        for (int i = 0; i < owners.size(); i++) {
            if (!owners.get(i).isAlive()) {
                throw new RunnerException("the checkpoint was closed before its runner");
            }
        }
    }

    private StepResult solo(SoloDecoder alone, BatchPlan plan) {
        alone.step(plan, row(0));
        packing.after(1);
        SamplingState state = plan.slices().getFirst().sampling();
        assert state != null : "a solo step is sampled";
        return new StepResult(List.of(sampler.sample(row(0), state)), List.of(List.of()));
    }

    /** Tells the program where its input and output lie: once, and again when the inbox has grown. */
    private void connect() {
        MemorySegment inbox = input.memory();
        if (connected == inbox) {
            return;
        }
        try (PtNDArray in = Torch.alias(manager, inbox, DataType.INT64, inbox.byteSize() / Long.BYTES);
                PtNDArray ids = Torch.alias(manager, tokens, DataType.INT64, TOKENS_OUT);
                PtNDArray rows = Torch.alias(manager, logits, DataType.FLOAT32, logitRows, shape.vocabularySize())) {
            program.callWithTensors("connect", in, ids, rows);
        }
        connected = inbox;
        input.freeRetired();
    }

    private StepResult result(BatchPlan plan) {
        int slices = plan.slices().size();
        @Nullable SampledToken[] sampled = new SampledToken[slices];
        List<List<TokenLogprobs>> prompts = new ArrayList<>(slices);
        for (BatchPlan.Slice slice : plan.slices()) {
            prompts.add(slice.promptLogprobs() < 0 ? List.of() : new ArrayList<>(slice.count()));
        }
        for (int i = 0; i < input.greedy().size(); i++) {
            int id = (int) tokens.getAtIndex(ValueLayout.JAVA_LONG, i);
            sampled[input.greedy().get(i).slice()] = id < 0 ? SampledToken.INVALID : new SampledToken(id, null);
        }
        List<StepInput.Pick> picks = new ArrayList<>(input.sampled());
        picks.addAll(input.prompt());
        for (int from = 0; from < picks.size(); from += logitRows) {
            int count = Math.min(logitRows, picks.size() - from);
            program.call("logits", (long) input.greedy().size() + from, count);
            for (int i = 0; i < count; i++) {
                choose(plan, picks.get(from + i), row(i), sampled, prompts);
            }
        }
        return new StepResult(Arrays.asList(sampled), prompts);
    }

    private void choose(
            BatchPlan plan,
            StepInput.Pick pick,
            MemorySegment row,
            @Nullable SampledToken[] sampled,
            List<List<TokenLogprobs>> prompts) {
        BatchPlan.Slice slice = plan.slices().get(pick.slice());
        if (pick.tokenId() >= 0) {
            prompts.get(pick.slice()).add(sampler.logprobs(row, pick.tokenId(), slice.promptLogprobs()));
        } else {
            SamplingState state = slice.sampling();
            assert state != null : "a picked row is sampled";
            sampled[pick.slice()] = sampler.sample(row, state);
        }
    }

    private MemorySegment row(int index) {
        long bytes = (long) shape.vocabularySize() * Float.BYTES;
        return logits.asSlice(index * bytes, bytes);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (solo != null) {
                solo.close();
            }
            try {
                program.close();
            } finally {
                Reference.reachabilityFence(aliased);
            }
            manager.close();
            input.close();
            arena.close();
        }
    }
}
