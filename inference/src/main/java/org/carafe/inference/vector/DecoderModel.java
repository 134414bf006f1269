package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.carafe.models.architecture.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model as the decoder reads it. Memory is somebody else's and must outlive the decoder.
 *
 * @param embedding [vocabulary, hidden]
 * @param layers bottom up, as many as the spec has
 * @param finalNorm [hidden]
 * @param head the output head, [vocabulary, hidden]
 * @param blockTokens tokens of a KV block
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops, written by nobody
public record DecoderModel(
        ModelSpec spec, Table embedding, List<Layer> layers, float[] finalNorm, Linear head, int blockTokens) {
    public DecoderModel {
        layers = List.copyOf(layers);
    }

    /**
     * A weight and its bias.
     *
     * @param bias one an output; empty: none
     */
    public record Linear(Matrix weight, float[] bias) {}

    /**
     * One layer. A norm is the factor on a vector of length 1: the checkpoint's weight (plus one where the family says so), times the
     * square root of its width.
     *
     * @param norms before attention, before the MLP; with sandwich norms: before and after attention, before and after the MLP
     * @param queryNorm [head width]; empty: none
     * @param keyNorm [head width]; empty: none
     * @param frequencies of the rotary embedding, [head width / 2]
     * @param router [experts, hidden]; null for one gated MLP
     * @param experts as many as there are, or the one MLP
     * @param cache bf16 [blocks * block tokens, 2, key heads, head width]: keys, then values
     */
    public record Layer(
            List<float[]> norms,
            float[] queryNorm,
            float[] keyNorm,
            Linear query,
            Linear key,
            Linear value,
            Linear output,
            float[] frequencies,
            @Nullable Matrix router,
            List<Gated> experts,
            MemorySegment cache) {
        public Layer {
            norms = List.copyOf(norms);
            experts = List.copyOf(experts);
        }
    }

    /** Gate, up and down projection of a gated MLP. */
    public record Gated(Linear gate, Linear up, Linear down) {}
}
