package org.carafe.inference.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.vector.Bf16Matrix;
import org.carafe.inference.vector.DecoderModel;
import org.carafe.inference.vector.F32Matrix;
import org.carafe.inference.vector.Int4Matrix;
import org.carafe.inference.vector.Int8Matrix;
import org.carafe.inference.vector.Matrix;
import org.carafe.inference.vector.Table;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;

/** The program's weights and KV cache, in place, as the {@link DecoderModel} that reads them; valid until the program is closed. */
final class DecoderMemory {
    private static final int WEIGHT = 0;
    private static final int SCALE = 1;
    private static final int BIAS = 2;
    private static final int NORM = 3;
    private static final int EMBEDDING = 4;
    private static final int FREQUENCIES = 5;
    private static final int CACHE = 6;
    private static final int TILES = 7;
    private static final int TILE_SCALES = 8;

    private final Program program;
    private final ModelSpec spec;
    private final ProgramSettings settings;
    private final int blockTokens;
    private final long kvTokens;
    private final List<float[]> frequencies = new ArrayList<>();
    private int linear;
    private int norm;

    private DecoderMemory(Program program, ModelSpec spec, ProgramSettings settings, int blockTokens, int kvBlocks) {
        this.program = program;
        this.spec = spec;
        this.settings = settings;
        this.blockTokens = blockTokens;
        kvTokens = (long) kvBlocks * blockTokens;
    }

    /** Reads where everything is: linears and norms in the order in which {@link WeightLoader} added them. */
    static DecoderModel of(Program program, ModelSpec spec, ProgramSettings settings, int blockTokens, int kvBlocks) {
        return new DecoderMemory(program, spec, settings, blockTokens, kvBlocks).model();
    }

    private DecoderModel model() {
        for (int i = 0; i < settings.ropes().size(); i++) {
            frequencies.add(floats(FREQUENCIES, i, settings.ropes().get(i).headDim() / 2));
        }
        List<DecoderModel.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers().size(); i++) {
            layers.add(layer(i, spec.layers().get(i)));
        }
        float[] finalNorm = norm(spec.hiddenSize());
        DecoderModel.Linear head = linear(spec.vocabularySize(), spec.hiddenSize(), false);
        return new DecoderModel(spec, embedding(), layers, finalNorm, head, blockTokens);
    }

    private Table embedding() {
        int rows = spec.vocabularySize();
        int width = spec.hiddenSize();
        long elements = (long) rows * width;
        return program.call("embedding_parts") == 1
                ? new Bf16Matrix(rows, width, memory(EMBEDDING, 0, elements * Short.BYTES))
                : new Int8Matrix(
                        rows, width, memory(EMBEDDING, 0, elements), memory(EMBEDDING, 1, (long) rows * Short.BYTES));
    }

    private DecoderModel.Layer layer(int index, LayerSpec layer) {
        AttentionSpec attention = layer.attention();
        int hidden = spec.hiddenSize();
        int width = attention.headDim();
        int queries = attention.heads() * width;
        int keys = attention.kvHeads() * width;
        List<float[]> norms = new ArrayList<>();
        for (int i = 0; i < (layer.sandwichNorms() ? 4 : 2); i++) {
            norms.add(norm(hidden));
        }
        float[] queryNorm = attention.qkNorm() ? norm(width) : new float[0];
        float[] keyNorm = attention.qkNorm() ? norm(width) : new float[0];
        DecoderModel.Linear query = linear(queries, hidden, attention.qkvBias());
        DecoderModel.Linear key = linear(keys, hidden, attention.qkvBias());
        DecoderModel.Linear value = linear(keys, hidden, attention.qkvBias());
        DecoderModel.Linear output = linear(hidden, queries, attention.outputBias());
        Matrix router = layer.mlp() instanceof MlpSpec.Experts experts ? router(experts.experts(), hidden) : null;
        int count = layer.mlp() instanceof MlpSpec.Experts experts ? experts.experts() : 1;
        boolean bias = layer.mlp() instanceof MlpSpec.Gated gated && gated.bias();
        List<DecoderModel.Gated> experts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int wide = layer.mlp().intermediateSize();
            DecoderModel.Linear gate = linear(wide, hidden, bias);
            DecoderModel.Linear up = linear(wide, hidden, bias);
            experts.add(new DecoderModel.Gated(gate, up, linear(hidden, wide, bias)));
        }
        return new DecoderModel.Layer(
                norms,
                queryNorm,
                keyNorm,
                query,
                key,
                value,
                output,
                frequencies.get(settings.ropes().indexOf(new ProgramSettings.Rope(attention.rope(), width))),
                router,
                experts,
                memory(CACHE, index, kvTokens * 2 * keys * Short.BYTES));
    }

    private DecoderModel.Linear linear(int outputs, int inputs, boolean hasBias) {
        int index = linear++;
        long elements = (long) outputs * inputs;
        Matrix weight = switch ((int) program.call("format", index)) {
            case 0 -> new Bf16Matrix(outputs, inputs, memory(WEIGHT, index, elements * Short.BYTES));
            case 1 ->
                new Int8Matrix(
                        outputs,
                        inputs,
                        memory(WEIGHT, index, elements),
                        memory(SCALE, index, (long) outputs * Short.BYTES));
            default ->
                new Int4Matrix(
                        outputs,
                        inputs,
                        memory(TILES, index, elements / 2),
                        memory(TILE_SCALES, index, elements / TorchOptions.INT4_GROUP * 2 * Short.BYTES));
        };
        return new DecoderModel.Linear(weight, hasBias ? bias(index, outputs) : new float[0]);
    }

    private Matrix router(int experts, int hidden) {
        return new F32Matrix(experts, hidden, memory(WEIGHT, linear++, (long) experts * hidden * Float.BYTES));
    }

    private float[] bias(int index, int outputs) {
        float[] bias = new float[outputs];
        new Bf16Matrix(1, outputs, memory(BIAS, index, (long) outputs * Short.BYTES)).row(0, bias);
        return bias;
    }

    private float[] norm(int width) {
        return floats(NORM, norm++, width);
    }

    private float[] floats(int kind, int index, int count) {
        return memory(kind, index, (long) count * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    // The size is what WeightLoader gave the tensor: DJL's own view of it ends at 2 GiB.
    @SuppressWarnings("restricted")
    private MemorySegment memory(int kind, int index, long bytes) {
        return MemorySegment.ofAddress(program.address("memory", kind, index)).reinterpret(bytes);
    }
}
