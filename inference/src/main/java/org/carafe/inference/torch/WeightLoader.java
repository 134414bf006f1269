package org.carafe.inference.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Dequantizer;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;

/**
 * Hands a checkpoint's weights to the program, in the order that {@link ProgramSettings} counted. A weight that is computed with as it
 * lies on disk is not copied (on the CPU): the program's tensor is the mapping. Others are converted or quantized, and the pages
 * that were read for it are dropped.
 */
final class WeightLoader {
    /** A ByteBuffer's limit; larger tensors go in runs of rows. */
    private static final long PART_BYTES_MAX = 1L << 30;

    private static final int TORCH_FLOAT16 = 5;
    private static final int ALIGNMENT = 64;

    private final Checkpoint checkpoint;
    private final ModelSpec spec;
    private final WeightFormat format;
    private final Device device;
    private final Program program;
    private final NDManager manager;
    private final Arena owned;
    private final TorchOptions.LoadListener listener;
    private final long bytesTotal;
    private final List<MemorySegment> mapped = new ArrayList<>();
    private final List<MemorySegment> aliased = new ArrayList<>();
    private boolean allMapped;
    private long bytesRead;

    /**
     * @param manager owns nothing for longer than a call
     * @param owned memory of dequantized weights that the program reads; closed after the program
     */
    WeightLoader(
            Checkpoint checkpoint,
            WeightFormat format,
            Device device,
            Program program,
            NDManager manager,
            Arena owned,
            TorchOptions.LoadListener listener) {
        this.checkpoint = checkpoint;
        this.spec = checkpoint.spec();
        this.format = format;
        this.device = device;
        this.program = program;
        this.manager = manager;
        this.owned = owned;
        this.listener = listener;
        bytesTotal = checkpoint.weightBytes();
        allMapped = format == WeightFormat.BF16;
    }

    /** Loads all weights and the rotary frequencies for sequences of up to that length. */
    void load(List<ProgramSettings.Rope> ropes, int contextTokensMax) {
        embedding();
        for (int layer = 0; layer < spec.layers().size(); layer++) {
            layer(layer, spec.layers().get(layer));
        }
        norm(TensorNames.FINAL_NORM, spec.hiddenSize());
        head();
        for (ProgramSettings.Rope rope : ropes) {
            frequencies(rope, contextTokensMax);
        }
    }

    /** The mapped memory of each linear, in order, where all are used as they lie in the file; else empty. */
    List<MemorySegment> mappedLinears() {
        return allMapped ? List.copyOf(mapped) : List.of();
    }

    /**
     * Memory of the checkpoint's that the program's tensors lie over. PyTorch holds its address only, so whoever runs the program keeps
     * these reachable: a tensor that is not a mapping (GGUF's query rows in another order) is freed by the collector.
     */
    List<MemorySegment> aliased() {
        return List.copyOf(aliased);
    }

    private void mapped(Tensor tensor, boolean stays) {
        mapped.add(tensor.data());
        allMapped &= stays && tensor.data().isMapped() && tensor.type() == TensorType.BF16;
    }

    private void layer(int layer, LayerSpec settings) {
        AttentionSpec attention = settings.attention();
        int hidden = spec.hiddenSize();
        int queries = attention.heads() * attention.headDim();
        int keys = attention.kvHeads() * attention.headDim();
        norm(TensorNames.weight(layer, TensorNames.ATTENTION_NORM), hidden);
        norm(TensorNames.weight(layer, TensorNames.POST_ATTENTION_NORM), hidden);
        if (settings.sandwichNorms()) {
            norm(TensorNames.weight(layer, TensorNames.PRE_MLP_NORM), hidden);
            norm(TensorNames.weight(layer, TensorNames.POST_MLP_NORM), hidden);
        }
        if (attention.qkNorm()) {
            norm(TensorNames.weight(layer, TensorNames.QUERY_NORM), attention.headDim());
            norm(TensorNames.weight(layer, TensorNames.KEY_NORM), attention.headDim());
        }
        linear(layer, TensorNames.QUERY, attention.qkvBias(), queries, hidden);
        linear(layer, TensorNames.KEY, attention.qkvBias(), keys, hidden);
        linear(layer, TensorNames.VALUE, attention.qkvBias(), keys, hidden);
        linear(layer, TensorNames.ATTENTION_OUTPUT, attention.outputBias(), hidden, queries);
        switch (settings.mlp()) {
            case MlpSpec.Gated gated -> {
                linear(layer, TensorNames.GATE, gated.bias(), gated.intermediateSize(), hidden);
                linear(layer, TensorNames.UP, gated.bias(), gated.intermediateSize(), hidden);
                linear(layer, TensorNames.DOWN, gated.bias(), hidden, gated.intermediateSize());
            }
            case MlpSpec.Experts experts -> {
                Tensor router = tensor(TensorNames.weight(layer, TensorNames.ROUTER), experts.experts(), hidden);
                add("add_router", router);
                mapped.add(router.data());
                program.call("add_empty_bias");
                for (int expert = 0; expert < experts.experts(); expert++) {
                    linear(layer, TensorNames.expertGate(expert), false, experts.intermediateSize(), hidden);
                    linear(layer, TensorNames.expertUp(expert), false, experts.intermediateSize(), hidden);
                    linear(layer, TensorNames.expertDown(expert), false, hidden, experts.intermediateSize());
                }
            }
        }
    }

    /** As it lies, where that can be used; a copy is held in 8 bits where linears are quantized. */
    private void embedding() {
        Tensor tensor = tensor(TensorNames.EMBEDDING, spec.vocabularySize(), spec.hiddenSize());
        add(format.isQuantized() && isConverted(tensor, format) ? "add_int8_embedding" : "add_embedding", tensor);
    }

    private void head() {
        int vocabulary = spec.vocabularySize();
        String name = spec.tiedEmbeddings() ? TensorNames.EMBEDDING : TensorNames.OUTPUT_HEAD;
        Tensor tensor = tensor(name, vocabulary, spec.hiddenSize());
        if (spec.tiedEmbeddings() && (!format.isQuantized() || isConverted(tensor, format))) {
            program.call("add_tied_head");
            mapped(tensor, !isCopied(tensor));
        } else {
            addLinear(tensor, format.ofHead());
        }
        program.call("add_empty_bias");
    }

    private void linear(int layer, String part, boolean bias, int outputs, int inputs) {
        addLinear(tensor(TensorNames.weight(layer, part), outputs, inputs), format.of(outputs, inputs));
        if (bias) {
            add("add_bias", tensor(TensorNames.bias(layer, part), outputs));
        } else {
            program.call("add_empty_bias");
        }
    }

    private void norm(String name, long width) {
        add("add_norm", tensor(name, width));
    }

    private Tensor tensor(String name, long... shape) {
        return checkpoint.tensor(name, shape);
    }

    private void add(String method, Tensor tensor) {
        boolean stays = method.equals("add_embedding") && !isCopied(tensor);
        hand(tensor, stays, (parts, source) -> program.call(method, parts, source));
    }

    private void addLinear(Tensor tensor, WeightFormat held) {
        boolean stays = !held.isQuantized() && !isCopied(tensor);
        mapped(tensor, stays);
        int number = switch (held) {
            case BF16, F32 -> 0;
            case INT8 -> 1;
            case INT4 -> 2;
        };
        try (IValue how = IValue.from(number)) {
            hand(tensor, stays, (parts, source) -> program.call("add_linear", parts, source, how));
        }
    }

    /** Whether the checkpoint holds it in another type than the program computes in. */
    static boolean isConverted(Tensor tensor, WeightFormat format) {
        return tensor.type() != computed(format);
    }

    private boolean isCopied(Tensor tensor) {
        return device.isGpu() || isCopied(tensor, format);
    }

    /**
     * Whether the program makes its own copy of a dense weight on the CPU, so that the memory it was read from is not needed
     * afterwards: it converts it, or joins the parts that it comes in. Quantized tensors are handed over dequantized.
     */
    static boolean isCopied(Tensor tensor, WeightFormat format) {
        TensorType handed = tensor.type().isQuantized() ? computed(format) : tensor.type();
        long rowBytes = handed.bytes(tensor.elements()) / tensor.shape().getFirst();
        return handed != computed(format) || tensor.shape().getFirst() > rowsOfPart(rowBytes);
    }

    private static TensorType computed(WeightFormat format) {
        return format == WeightFormat.F32 ? TensorType.F32 : TensorType.BF16;
    }

    /** A multiple of 64, which int4 packs together. */
    private static long rowsOfPart(long rowBytes) {
        return Math.max(64, PART_BYTES_MAX / rowBytes / 64 * 64);
    }

    private interface Hand {
        void to(IValue parts, IValue source);
    }

    private void hand(Tensor stored, boolean stays, Hand hand) {
        // Only a tensor that the program goes on reading may outlive this call.
        try (Arena passing = Arena.ofShared()) {
            Tensor tensor = stored.type().isQuantized() ? dequantized(stored, stays ? owned : passing) : stored;
            int type = switch (tensor.type()) {
                case F32 -> WeightFormat.TORCH_FLOAT32;
                case F16 -> TORCH_FLOAT16;
                default -> WeightFormat.TORCH_BFLOAT16;
            };
            if (stays) {
                aliased.add(tensor.data());
            }
            PtNDArray[] parts = parts(tensor);
            try (IValue list = IValue.listFrom(parts);
                    IValue source = IValue.from(type)) {
                hand.to(list, source);
            } finally {
                // The program's tensor keeps what it aliases by itself.
                for (PtNDArray part : parts) {
                    part.close();
                }
            }
        }
        if (stored.data().isMapped() && (!stays || stored.type().isQuantized())) {
            stored.data().unload();
        }
        bytesRead += stored.data().byteSize();
        listener.loaded(Math.min(bytesRead, bytesTotal), bytesTotal);
    }

    private Tensor dequantized(Tensor tensor, Arena arena) {
        TensorType type = computed(format);
        MemorySegment data = arena.allocate(type.bytes(tensor.elements()), ALIGNMENT);
        Dequantizer.convert(tensor, type, data);
        return new Tensor(tensor.name(), type, tensor.shape(), data);
    }

    private PtNDArray[] parts(Tensor tensor) {
        long rows = tensor.shape().getFirst();
        long rowBytes = tensor.data().byteSize() / rows;
        long rowsOfPart = rowsOfPart(rowBytes);
        DataType type = tensor.type() == TensorType.F32 ? DataType.FLOAT32 : DataType.FLOAT16;
        List<PtNDArray> parts = new ArrayList<>();
        for (long row = 0; row < rows; row += rowsOfPart) {
            long count = Math.min(rowsOfPart, rows - row);
            MemorySegment data = tensor.data().asSlice(row * rowBytes, count * rowBytes);
            long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            shape[0] = count;
            parts.add(Torch.alias(manager, data, type, shape));
        }
        return parts.toArray(PtNDArray[]::new);
    }

    private void frequencies(ProgramSettings.Rope rope, int contextTokensMax) {
        double[] exact = rope.spec().inverseFrequencies(rope.headDim(), contextTokensMax);
        float[] rounded = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            rounded[i] = (float) exact[i];
        }
        try (PtNDArray array = (PtNDArray) manager.create(rounded)) {
            program.callWithTensors("add_frequencies", array);
        }
    }
}
