package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.IntView;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;

/**
 * The forward pass for one token of one sequence. At one token a step the memory's bandwidth is the limit, and what counts is that
 * nothing stands between two weights: a crew of threads walks through the model together and meets seven times a layer.
 */
public final class VectorDecoder implements AutoCloseable {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final int VECTOR_BITS_MIN = 256;

    private final DecoderModel model;
    private final Crew crew;
    private final List<Member> members = new ArrayList<>();

    /** @param threads that decode, the caller's included */
    public VectorDecoder(DecoderModel model, int threads) {
        this.model = model;
        crew = new Crew(threads);
        Shared shared = new Shared(model);
        for (int i = 0; i < threads; i++) {
            members.add(new Member(model, shared, crew));
        }
    }

    /** Whether this JVM was started with the Vector API and has vectors that are worth it. */
    public static boolean isAvailable() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && Lanes.FLOATS.vectorBitSize() >= VECTOR_BITS_MIN;
    }

    /** Whether every part of such a model has its kernel here. */
    public static boolean supports(ModelSpec spec, Format format) {
        return spec.layers().stream().allMatch(layer -> supports(layer, spec.hiddenSize(), format));
    }

    private static boolean supports(LayerSpec layer, int hidden, Format format) {
        AttentionSpec attention = layer.attention();
        int queries = attention.heads() * attention.headDim();
        int keys = attention.kvHeads() * attention.headDim();
        int wide = layer.mlp().intermediateSize();
        boolean fits = format != Format.INT4
                || (Int4Matrix.takes(queries, hidden)
                        && Int4Matrix.takes(keys, hidden)
                        && Int4Matrix.takes(hidden, queries)
                        && Int4Matrix.takes(wide, hidden)
                        && Int4Matrix.takes(hidden, wide));
        return fits && attention.headDim() % 2 == 0 && layer.mlp().activation() != MlpSpec.Activation.GELU_ERF;
    }

    /** Takes about a second of one core, once in a JVM: decoding is very slow before. */
    public static void warmUp(ModelSpec spec, Format format) {
        WarmUp.run(spec, format);
    }

    /**
     * Computes a token, writes its keys and values, and returns what follows it.
     *
     * @param position of the token; the KV of all before lies in the blocks
     * @param blocks the sequence's block table
     * @param logits out: float32 [vocabulary], native order
     */
    public void step(int tokenId, int position, IntView blocks, MemorySegment logits) {
        if (position % model.blockTokens() == 0) {
            clear(blocks.get(position / model.blockTokens()));
        }
        crew.run(member -> members.get(member).step(tokenId, position, blocks, logits));
    }

    /** The rest of a block is read with weight 0 by others, and 0 * NaN of what it held before would reach them. */
    private void clear(int block) {
        for (int i = 0; i < model.layers().size(); i++) {
            AttentionSpec attention = model.spec().layers().get(i).attention();
            long bytes = 2L * model.blockTokens() * attention.kvHeads() * attention.headDim() * Short.BYTES;
            model.layers().get(i).cache().asSlice(block * bytes, bytes).fill((byte) 0);
        }
    }

    @Override
    public void close() {
        crew.close();
    }
}
