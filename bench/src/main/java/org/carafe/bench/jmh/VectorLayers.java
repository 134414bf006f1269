package org.carafe.bench.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.carafe.inference.IntList;
import org.carafe.inference.vector.Bf16Matrix;
import org.carafe.inference.vector.DecoderModel;
import org.carafe.inference.vector.Format;
import org.carafe.inference.vector.Int4Matrix;
import org.carafe.inference.vector.Int8Matrix;
import org.carafe.inference.vector.Matrix;
import org.carafe.inference.vector.VectorDecoder;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.NormSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.RopeSpec;

/** Layers of Llama 3.2 1B's shapes with noise for weights, and a decoder over them. The caller's thread steps and closes. */
final class VectorLayers implements AutoCloseable {
    private static final int HIDDEN = 2048;
    private static final int WIDE = 8192;
    private static final int HEADS = 32;
    private static final int KEY_HEADS = 8;
    private static final int HEAD_DIM = 64;

    /** Small: the head has its own format under int4, which would blur the figures. */
    private static final int VOCABULARY = 512;

    private static final int BLOCK_TOKENS = 16;
    private static final int INT4_GROUP = 32;
    private static final int ALIGNMENT = 64;
    private static final int NOISE_BYTES = 1 << 20;

    /** Exponents of bf16 between 2^-7 and 2^-6, both signs. */
    private static final long BF16_KEPT = 0x807F_807F_807F_807FL;

    private static final long BF16_EXPONENT = 0x3C00_3C00_3C00_3C00L;

    private final Arena arena = Arena.ofShared();
    private final Random random = new Random(1);
    private final Format format;
    private final IntList blocks = IntList.of(0);
    private final MemorySegment logits = arena.allocate((long) VOCABULARY * Float.BYTES, ALIGNMENT);
    private final VectorDecoder decoder;
    private long weights;
    private long bytes;

    /** @throws IllegalStateException this CPU or JVM has no kernels for that format */
    VectorLayers(Format format, int layers, int threads) {
        this.format = format;
        ModelSpec spec = spec(layers);
        if (!VectorDecoder.isAvailable() || !VectorDecoder.supports(spec, format)) {
            arena.close();
            throw new IllegalStateException(
                    "no kernels for " + format + " on this CPU, or no --add-modules jdk.incubator.vector");
        }
        VectorDecoder.warmUp(spec, format);
        decoder = new VectorDecoder(model(spec), threads);
    }

    /** Of such layers. */
    static ModelSpec spec(int layers) {
        RopeSpec rope = new RopeSpec(500_000, new RopeScaling.None());
        double scale = 1 / Math.sqrt(HEAD_DIM);
        AttentionSpec attention = new AttentionSpec(HEADS, KEY_HEADS, HEAD_DIM, scale, 0, 0, rope, false, false, false);
        LayerSpec layer = new LayerSpec(attention, new MlpSpec.Gated(WIDE, MlpSpec.Activation.SILU, false), false);
        return new ModelSpec(
                "VectorLayers",
                HIDDEN,
                VOCABULARY,
                BLOCK_TOKENS,
                1,
                new NormSpec(1e-5, false),
                Collections.nCopies(layers, layer),
                0,
                true);
    }

    private DecoderModel model(ModelSpec spec) {
        Bf16Matrix embedding = bf16(VOCABULARY, HIDDEN);
        List<DecoderModel.Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers().size(); i++) {
            layers.add(layer());
        }
        return new DecoderModel(
                spec, embedding, layers, norm(), new DecoderModel.Linear(embedding, new float[0]), BLOCK_TOKENS);
    }

    private DecoderModel.Layer layer() {
        int keys = KEY_HEADS * HEAD_DIM;
        DecoderModel.Gated mlp =
                new DecoderModel.Gated(linear(WIDE, HIDDEN), linear(WIDE, HIDDEN), linear(HIDDEN, WIDE));
        return new DecoderModel.Layer(
                List.of(norm(), norm()),
                new float[0],
                new float[0],
                linear(HEADS * HEAD_DIM, HIDDEN),
                linear(keys, HIDDEN),
                linear(keys, HIDDEN),
                linear(HIDDEN, HEADS * HEAD_DIM),
                new float[HEAD_DIM / 2],
                null,
                List.of(mlp),
                arena.allocate(2L * BLOCK_TOKENS * keys * Short.BYTES, ALIGNMENT));
    }

    private static float[] norm() {
        float[] norm = new float[HIDDEN];
        Arrays.fill(norm, (float) Math.sqrt(HIDDEN));
        return norm;
    }

    private DecoderModel.Linear linear(int outputs, int inputs) {
        long count = (long) outputs * inputs;
        Matrix matrix = switch (format) {
            case BF16 -> bf16(outputs, inputs);
            case INT8 -> new Int8Matrix(outputs, inputs, noise(count), scales(outputs));
            case INT4 -> new Int4Matrix(outputs, inputs, noise(count / 2), scales(count / INT4_GROUP * 2));
        };
        weights += count;
        bytes += matrix.rowBytes() * outputs;
        return new DecoderModel.Linear(matrix, new float[0]);
    }

    private Bf16Matrix bf16(int outputs, int inputs) {
        return new Bf16Matrix(outputs, inputs, scales((long) outputs * inputs));
    }

    /** Small numbers in bf16. */
    private MemorySegment scales(long count) {
        MemorySegment memory = noise(count * Short.BYTES);
        for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
            long noise = memory.get(ValueLayout.JAVA_LONG, at);
            memory.set(ValueLayout.JAVA_LONG, at, (noise & BF16_KEPT) | BF16_EXPONENT);
        }
        return memory;
    }

    private MemorySegment noise(long size) {
        MemorySegment memory = arena.allocate(size, ALIGNMENT);
        byte[] block = new byte[(int) Math.min(size, NOISE_BYTES)];
        random.nextBytes(block);
        MemorySegment from = MemorySegment.ofArray(block);
        for (long at = 0; at < size; at += block.length) {
            MemorySegment.copy(from, 0, memory, at, Math.min(block.length, size - at));
        }
        return memory;
    }

    /** The first token of a sequence, so that attention takes no time; one of the logits. */
    float step() {
        decoder.step(1, 0, blocks, logits);
        return logits.get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** How many a step reads, the head's not counted. */
    long weights() {
        return weights;
    }

    /** Bytes of these, with the scales of int4. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        decoder.close();
        arena.close();
    }
}
