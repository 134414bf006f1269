package org.carafe.inference.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.checkpoint.Checkpoint;
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
    private static final int FORMAT_DENSE = 0;
    private static final int FORMAT_INT8 = 1;
    private static final int FORMAT_INT4 = 2;
    private static final int INT4_OUTPUTS = 16;

    private final Checkpoint checkpoint;
    private final ModelSpec spec;
    private final WeightFormat format;
    private final Device device;
    private final Program program;
    private final NDManager manager;
    private final TorchOptions.LoadListener listener;
    private final long bytesTotal;
    private long bytesRead;

    /** @param manager owns the tensors over mapped memory; closed with the program */
    WeightLoader(
            Checkpoint checkpoint,
            WeightFormat format,
            Device device,
            Program program,
            NDManager manager,
            TorchOptions.LoadListener listener) {
        this.checkpoint = checkpoint;
        this.spec = checkpoint.spec();
        this.format = format;
        this.device = device;
        this.program = program;
        this.manager = manager;
        this.listener = listener;
        bytesTotal = checkpoint.weightBytes();
    }

    /** Loads all weights and the rotary frequencies for sequences of up to that length. */
    void load(List<ProgramSettings.Rope> ropes, int contextTokensMax) {
        add("add_embedding", tensor(TensorNames.EMBEDDING, spec.vocabularySize(), spec.hiddenSize()));
        for (int layer = 0; layer < spec.layers().size(); layer++) {
            layer(layer, spec.layers().get(layer));
        }
        norm(TensorNames.FINAL_NORM, spec.hiddenSize());
        head();
        for (ProgramSettings.Rope rope : ropes) {
            frequencies(rope, contextTokensMax);
        }
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
                // Small, and a wrong choice of experts costs more than its bytes.
                addLinear(router, FORMAT_DENSE);
                program.call("add_empty_bias");
                for (int expert = 0; expert < experts.experts(); expert++) {
                    linear(layer, TensorNames.expertGate(expert), false, experts.intermediateSize(), hidden);
                    linear(layer, TensorNames.expertUp(expert), false, experts.intermediateSize(), hidden);
                    linear(layer, TensorNames.expertDown(expert), false, hidden, experts.intermediateSize());
                }
            }
        }
    }

    private void head() {
        int vocabulary = spec.vocabularySize();
        String name = spec.tiedEmbeddings() ? TensorNames.EMBEDDING : TensorNames.OUTPUT_HEAD;
        if (spec.tiedEmbeddings() && (format == WeightFormat.BF16 || format == WeightFormat.F32)) {
            program.call("add_tied_head");
        } else {
            // The head keeps 8 bits under int4: the kernels take the same time there, and logits stay closer.
            addLinear(
                    tensor(name, vocabulary, spec.hiddenSize()),
                    format == WeightFormat.INT4 ? FORMAT_INT8 : formatFor(vocabulary, spec.hiddenSize()));
        }
        program.call("add_empty_bias");
    }

    private void linear(int layer, String part, boolean bias, int outputs, int inputs) {
        addLinear(tensor(TensorNames.weight(layer, part), outputs, inputs), formatFor(outputs, inputs));
        if (bias) {
            add("add_bias", tensor(TensorNames.bias(layer, part), outputs));
        } else {
            program.call("add_empty_bias");
        }
    }

    /** The format asked for where its kernel takes the shape, else the next wider one. */
    private int formatFor(int outputs, int inputs) {
        return switch (format) {
            case BF16, F32 -> FORMAT_DENSE;
            case INT8 -> FORMAT_INT8;
            case INT4 ->
                outputs % INT4_OUTPUTS == 0 && inputs % TorchOptions.INT4_GROUP == 0 ? FORMAT_INT4 : FORMAT_INT8;
        };
    }

    private void norm(String name, long width) {
        add("add_norm", tensor(name, width));
    }

    private Tensor tensor(String name, long... shape) {
        return checkpoint.tensor(name, shape);
    }

    private void add(String method, Tensor tensor) {
        boolean stays = method.equals("add_embedding") && !isConverted(tensor);
        hand(tensor, stays, (parts, source) -> program.call(method, parts, source));
    }

    private void addLinear(Tensor tensor, int format) {
        boolean stays = format == FORMAT_DENSE && !isConverted(tensor);
        try (IValue how = IValue.from(format)) {
            hand(tensor, stays, (parts, source) -> program.call("add_linear", parts, source, how));
        }
    }

    /** Whether the program copies the tensor, so that its memory is not needed afterwards. */
    private boolean isConverted(Tensor tensor) {
        boolean same = tensor.type() == (format == WeightFormat.F32 ? TensorType.F32 : TensorType.BF16);
        return !same || device.isGpu() || tensor.data().byteSize() > PART_BYTES_MAX;
    }

    private interface Hand {
        void to(IValue parts, IValue source);
    }

    private void hand(Tensor tensor, boolean stays, Hand hand) {
        int type = switch (tensor.type()) {
            case F32 -> WeightFormat.TORCH_FLOAT32;
            case F16 -> TORCH_FLOAT16;
            case BF16 -> WeightFormat.TORCH_BFLOAT16;
            case Q8_0, Q4_0, Q4_K, Q5_K, Q6_K ->
                throw new IllegalStateException("a quantized tensor is dequantized first");
        };
        PtNDArray[] parts = parts(tensor);
        try (IValue list = IValue.listFrom(parts);
                IValue source = IValue.from(type)) {
            hand.to(list, source);
        }
        // The program's tensor keeps the memory it aliases by itself; the handle over it is not needed.
        for (PtNDArray part : parts) {
            part.close();
        }
        if (!stays && tensor.data().isMapped()) {
            tensor.data().unload();
        }
        bytesRead += tensor.data().byteSize();
        listener.loaded(Math.min(bytesRead, bytesTotal), bytesTotal);
    }

    private PtNDArray[] parts(Tensor tensor) {
        long rows = tensor.shape().getFirst();
        long rowBytes = tensor.data().byteSize() / rows;
        long rowsOfPart = Math.max(1, PART_BYTES_MAX / rowBytes);
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
