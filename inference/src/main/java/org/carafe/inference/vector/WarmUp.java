package org.carafe.inference.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.IntList;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;

/**
 * Runs small models of zeros until the JIT has compiled the loops: until then the Vector API makes an object of every vector and is a
 * hundred times slower. The small models go the same branches as the real one: one layer of each kind, in each format.
 */
final class WarmUp {
    private static final int HIDDEN = 256;

    /** Makes the projections whole int4 tiles for every even head width above 8. */
    private static final int KEY_HEADS = 8;

    private static final int WIDE = 8192;
    private static final int WIDE_OUTPUTS = Matrix.ROWS_TOGETHER;

    /** C2 takes a method that has loops after 600 calls. */
    private static final int WIDE_ROUNDS = 800;

    private static final int VOCABULARY = 512;
    private static final int BLOCK_TOKENS = 16;
    private static final int TOKENS = 64;
    private static final int ROUNDS = 3;

    private final Arena arena;
    private final MemorySegment zeros;

    private WarmUp(Arena arena) {
        this.arena = arena;
        zeros = arena.allocate((long) VOCABULARY * HIDDEN * Float.BYTES, 64);
    }

    /** @param format of the model's linears */
    static void run(ModelSpec spec, Format format) {
        try (Arena arena = Arena.ofShared()) {
            WarmUp warmUp = new WarmUp(arena);
            warmUp.decode(warmUp.model(spec, format));
            warmUp.multiplyWide(ofHead(format));
        }
    }

    private void decode(DecoderModel model) {
        IntList blocks = new IntList(TOKENS / BLOCK_TOKENS);
        for (int block = 0; block < TOKENS / BLOCK_TOKENS; block++) {
            blocks.add(block);
        }
        MemorySegment logits = arena.allocate((long) VOCABULARY * Float.BYTES, 64);
        try (VectorDecoder decoder = new VectorDecoder(model, 1)) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int position = 0; position < TOKENS; position++) {
                    decoder.step(0, position, blocks, logits);
                }
            }
        }
    }

    private DecoderModel model(ModelSpec real, Format format) {
        List<LayerSpec> specs = new ArrayList<>();
        List<DecoderModel.Layer> layers = new ArrayList<>();
        for (LayerSpec layer :
                real.layers().stream().map(WarmUp::small).distinct().toList()) {
            specs.add(layer);
            layers.add(layer(layer, format));
        }
        ModelSpec spec = new ModelSpec(
                real.architecture(),
                HIDDEN,
                VOCABULARY,
                TOKENS,
                real.embeddingScale(),
                real.norm(),
                specs,
                real.logitSoftcap(),
                true);
        return new DecoderModel(
                spec,
                new Bf16Matrix(VOCABULARY, HIDDEN, zeros),
                layers,
                new float[HIDDEN],
                linear(VOCABULARY, HIDDEN, ofHead(format)),
                BLOCK_TOKENS);
    }

    private static Format ofHead(Format format) {
        return format == Format.INT4 ? Format.INT8 : format;
    }

    /** Rows that are wider than those of the small models go another way, four at a time. Tiles of int4 do not. */
    private void multiplyWide(Format format) {
        Matrix matrix = linear(WIDE_OUTPUTS, WIDE, format).weight();
        Activations activations = new Activations(WIDE);
        activations.take(new float[WIDE], WIDE);
        float[] y = new float[WIDE_OUTPUTS];
        for (int round = 0; round < WIDE_ROUNDS; round++) {
            matrix.multiply(activations, y, 0, WIDE_OUTPUTS);
        }
    }

    private static LayerSpec small(LayerSpec layer) {
        AttentionSpec attention = layer.attention();
        AttentionSpec one = new AttentionSpec(
                KEY_HEADS * smallGroup(attention.heads() / attention.kvHeads()),
                KEY_HEADS,
                attention.headDim(),
                attention.scale(),
                attention.logitSoftcap(),
                attention.slidingWindow(),
                attention.rope(),
                attention.qkNorm(),
                false,
                false);
        MlpSpec mlp = new MlpSpec.Gated(HIDDEN, layer.mlp().activation(), false);
        return new LayerSpec(one, mlp, layer.sandwichNorms());
    }

    /** Queries of a key head go four at a time, the rest one by one. */
    private static int smallGroup(int group) {
        return group < 4 ? group : group % 4 == 0 ? 4 : 5;
    }

    private DecoderModel.Layer layer(LayerSpec layer, Format format) {
        int width = layer.attention().headDim();
        int queries = layer.attention().heads() * width;
        int keys = layer.attention().kvHeads() * width;
        DecoderModel.Gated mlp = new DecoderModel.Gated(
                linear(HIDDEN, HIDDEN, format), linear(HIDDEN, HIDDEN, format), linear(HIDDEN, HIDDEN, format));
        float[] norm = new float[HIDDEN];
        float[] headNorm = new float[layer.attention().qkNorm() ? width : 0];
        return new DecoderModel.Layer(
                List.of(norm, norm, norm, norm),
                headNorm,
                headNorm,
                linear(queries, HIDDEN, format),
                linear(keys, HIDDEN, format),
                linear(keys, HIDDEN, format),
                linear(HIDDEN, queries, format),
                new float[width / 2],
                null,
                List.of(mlp),
                arena.allocate(2L * TOKENS * keys * Short.BYTES, 64));
    }

    private DecoderModel.Linear linear(int outputs, int inputs, Format format) {
        long bytes = (long) outputs * inputs * Float.BYTES;
        MemorySegment memory = bytes <= zeros.byteSize() ? zeros : arena.allocate(bytes, 64);
        Matrix weight = switch (format) {
            case BF16 -> new Bf16Matrix(outputs, inputs, memory);
            case INT8 -> new Int8Matrix(outputs, inputs, memory, memory);
            case INT4 -> new Int4Matrix(outputs, inputs, memory, memory);
        };
        return new DecoderModel.Linear(weight, new float[0]);
    }
}
