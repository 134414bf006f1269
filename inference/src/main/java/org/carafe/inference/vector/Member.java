package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.carafe.inference.IntView;
import org.carafe.inference.vector.DecoderModel.Gated;
import org.carafe.inference.vector.DecoderModel.Layer;
import org.carafe.inference.vector.DecoderModel.Linear;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;

/**
 * One thread's walk through the model. Rows of every matrix and heads of every layer are claimed piece by piece; what is short (norms, residual
 * stream, router) every member computes for itself, which is quicker than a barrier.
 */
final class Member {
    private final DecoderModel model;
    private final ModelSpec spec;
    private final Shared shared;
    private final Crew crew;
    private final Activations activations;
    private final Attention attention;
    private final Rotation rotation;
    private final float[] pieceShares = new float[PartialAttention.PIECES_MAX];
    private final float[] residual;
    private final float[] normed;
    private final float[] mixed;

    Member(DecoderModel model, Shared shared, Crew crew) {
        this.model = model;
        spec = model.spec();
        this.shared = shared;
        this.crew = crew;
        int hidden = spec.hiddenSize();
        activations =
                new Activations(Math.max(hidden, Math.max(Shared.queriesMax(spec), Shared.intermediateMax(spec))));
        attention = new Attention(model.blockTokens());
        rotation = new Rotation(model);
        residual = new float[hidden];
        normed = new float[hidden];
        mixed = new float[hidden];
    }

    void step(int tokenId, int position, IntView blocks, MemorySegment logits) {
        rotation.turnTo(position);
        attention.begin(position, blocks);
        embed(tokenId);
        for (int i = 0; i < model.layers().size(); i++) {
            Layer layer = model.layers().get(i);
            LayerSpec settings = spec.layers().get(i);
            attend(i, layer, settings.attention());
            int norm = settings.sandwichNorms() ? 2 : 1;
            if (settings.sandwichNorms()) {
                norm(shared.hidden, layer.norms().get(1), normed);
                Lanes.add(residual, normed, residual.length);
            } else {
                Lanes.add(residual, shared.hidden, residual.length);
            }
            norm(residual, layer.norms().get(norm), normed);
            float[] out = mlp(layer, settings.mlp());
            if (settings.sandwichNorms()) {
                norm(out, layer.norms().get(3), normed);
                out = normed;
            }
            Lanes.add(residual, out, residual.length);
        }
        head(logits);
    }

    private void embed(int tokenId) {
        model.embedding().row(tokenId, residual);
        if (spec.embeddingScale() != 1) {
            float scale = Bf16.round((float) spec.embeddingScale());
            for (int i = 0; i < residual.length; i++) {
                residual[i] = Bf16.round(Bf16.round(residual[i]) * scale);
            }
        }
    }

    /** Leaves the attention's output in the shared hidden vector. */
    private void attend(int index, Layer layer, AttentionSpec settings) {
        int heads = settings.heads();
        int kvHeads = settings.kvHeads();
        int width = settings.headDim();
        norm(residual, layer.norms().getFirst(), normed);
        activations.take(normed, normed.length);
        multiply(layer.query(), shared.query, 0);
        multiply(layer.key(), shared.key, 1);
        multiply(layer.value(), shared.value, 2);
        crew.barrier();
        for (int head = crew.claim(0); head < heads; head = crew.claim(0)) {
            normHead(shared.query, head * width, layer.queryNorm());
            rotation.rotate(index, shared.query, head * width, width);
            Attention.split(shared.query, head * width, width, (float) settings.scale(), shared.splitQuery);
        }
        for (int head = crew.claim(1); head < kvHeads; head = crew.claim(1)) {
            normHead(shared.key, head * width, layer.keyNorm());
            rotation.rotate(index, shared.key, head * width, width);
            attention.store(settings, layer.cache(), head, shared.key, shared.value);
        }
        crew.barrier();
        int pieces = attention.pieces(settings);
        for (int piece = crew.claim(0); piece < pieces; piece = crew.claim(0)) {
            attention.attend(settings, layer.cache(), piece, shared.splitQuery, shared.partial);
        }
        crew.barrier();
        for (int head = crew.claim(0); head < heads; head = crew.claim(0)) {
            shared.partial.merge(pieces, head, width, pieceShares, shared.attended);
        }
        crew.barrier();
        activations.take(shared.attended, heads * width);
        multiply(layer.output(), shared.hidden, 0);
        crew.barrier();
    }

    /** Of the normed vector. Returns where the result stands; it is read before the next barrier. */
    private float[] mlp(Layer layer, MlpSpec mlp) {
        Matrix router = layer.router();
        if (router == null) {
            activations.take(normed, normed.length);
            gated(layer.experts().getFirst(), mlp);
            return shared.hidden;
        }
        activations.take(normed, normed.length);
        float[] chances = new float[router.outputs()];
        router.multiply(activations, chances, 0, chances.length);
        Lanes.exponentials(chances, 0, chances.length, Lanes.max(chances, 0, chances.length));
        int[] chosen = best(chances, ((MlpSpec.Experts) mlp).expertsPerToken());
        float sum = 0;
        for (int expert : chosen) {
            sum += chances[expert];
        }
        Arrays.fill(mixed, 0);
        for (int expert : chosen) {
            activations.take(normed, normed.length);
            gated(layer.experts().get(expert), mlp);
            float share = chances[expert] / sum;
            for (int i = 0; i < mixed.length; i++) {
                mixed[i] += share * shared.hidden[i];
            }
        }
        return mixed;
    }

    /** The indices of the largest values, lower first among equals. */
    private static int[] best(float[] values, int count) {
        int[] best = new int[count];
        boolean[] taken = new boolean[values.length];
        for (int i = 0; i < count; i++) {
            int most = -1;
            for (int j = 0; j < values.length; j++) {
                if (!taken[j] && (most < 0 || values[j] > values[most])) {
                    most = j;
                }
            }
            taken[most] = true;
            best[i] = most;
        }
        return best;
    }

    private void gated(Gated mlp, MlpSpec settings) {
        Matrix gate = mlp.gate().weight();
        int rows = gate.pieceRows();
        for (int from = crew.claim(0) * rows; from < gate.outputs(); from = crew.claim(0) * rows) {
            int to = Math.min(gate.outputs(), from + rows);
            rows(mlp.gate(), shared.gate, from, to);
            rows(mlp.up(), shared.up, from, to);
            if (settings.activation() == MlpSpec.Activation.SILU) {
                Lanes.silu(shared.gate, shared.up, from, to);
            } else {
                Lanes.gelu(shared.gate, shared.up, from, to);
            }
        }
        crew.barrier();
        activations.take(shared.gate, gate.outputs());
        multiply(mlp.down(), shared.hidden, 0);
        crew.barrier();
    }

    private void head(MemorySegment logits) {
        norm(residual, model.finalNorm(), normed);
        activations.take(normed, normed.length);
        Matrix head = model.head().weight();
        int rows = head.pieceRows();
        for (int from = crew.claim(0) * rows; from < head.outputs(); from = crew.claim(0) * rows) {
            int to = Math.min(head.outputs(), from + rows);
            rows(model.head(), shared.logits, from, to);
            if (spec.logitSoftcap() > 0) {
                Lanes.softcap(shared.logits, from, to - from, (float) spec.logitSoftcap());
            }
            MemorySegment.copy(
                    shared.logits,
                    from,
                    logits,
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    (long) from * Float.BYTES,
                    to - from);
        }
    }

    /** Pieces of the rows, until all members together have done them all. */
    private void multiply(Linear linear, float[] y, int work) {
        int outputs = linear.weight().outputs();
        int rows = linear.weight().pieceRows();
        for (int from = crew.claim(work) * rows; from < outputs; from = crew.claim(work) * rows) {
            rows(linear, y, from, Math.min(outputs, from + rows));
        }
    }

    private void rows(Linear linear, float[] y, int from, int to) {
        linear.weight().multiply(activations, y, from, to);
        if (linear.bias().length > 0) {
            for (int i = from; i < to; i++) {
                y[i] += linear.bias()[i];
            }
        }
    }

    private void norm(float[] x, float[] weight, float[] y) {
        float factor = inverseLength(x, 0, weight.length);
        for (int i = 0; i < weight.length; i++) {
            y[i] = x[i] * factor * weight[i];
        }
    }

    private void normHead(float[] x, int from, float[] weight) {
        if (weight.length > 0) {
            float factor = inverseLength(x, from, weight.length);
            for (int i = 0; i < weight.length; i++) {
                x[from + i] *= factor * weight[i];
            }
        }
    }

    private float inverseLength(float[] x, int from, int n) {
        return (float)
                (1 / Math.sqrt(Lanes.squares(x, from, n) + n * spec.norm().epsilon()));
    }
}
