package org.carafe.models.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.carafe.models.CheckpointException;

/**
 * Every weight that a model consists of, in the order a forward pass meets them: what a checkpoint must hold and a runner loads.
 *
 * @param entries each weight once
 */
public record TensorPlan(List<Entry> entries) {
    /** Several times what the largest published mixtures have (61 layers of 256 experts, three weights each). */
    private static final int EXPERT_WEIGHTS_MAX = 200_000;

    public TensorPlan {
        entries = List.copyOf(entries);
    }

    /**
     * A weight.
     *
     * @param name see {@link TensorNames}
     * @param shape outermost first; a linear weight is {@code [out, in]}
     */
    public record Entry(String name, List<Long> shape) {
        public Entry {
            shape = List.copyOf(shape);
        }
    }

    /**
     * The weights of that model.
     *
     * @throws CheckpointException they are more than any model has
     */
    public static TensorPlan of(ModelSpec spec) {
        long expertWeights = expertWeights(spec);
        if (expertWeights > EXPERT_WEIGHTS_MAX) {
            throw new CheckpointException("the experts of all " + spec.layers().size() + " layers would have "
                    + expertWeights + " weights; the limit is " + EXPERT_WEIGHTS_MAX);
        }
        Builder plan = new Builder();
        plan.add(TensorNames.EMBEDDING, spec.vocabularySize(), spec.hiddenSize());
        for (int i = 0; i < spec.layers().size(); i++) {
            LayerSpec layer = spec.layers().get(i);
            plan.attention(i, layer.attention(), spec.hiddenSize());
            plan.weight(i, TensorNames.POST_ATTENTION_NORM, spec.hiddenSize());
            if (layer.sandwichNorms()) {
                plan.weight(i, TensorNames.PRE_MLP_NORM, spec.hiddenSize());
            }
            switch (layer.mlp()) {
                case MlpSpec.Gated gated -> plan.gated(i, gated, spec.hiddenSize());
                case MlpSpec.Experts experts -> plan.experts(i, experts, spec.hiddenSize());
            }
            if (layer.sandwichNorms()) {
                plan.weight(i, TensorNames.POST_MLP_NORM, spec.hiddenSize());
            }
        }
        plan.add(TensorNames.FINAL_NORM, spec.hiddenSize());
        if (!spec.tiedEmbeddings()) {
            plan.add(TensorNames.OUTPUT_HEAD, spec.vocabularySize(), spec.hiddenSize());
        }
        return new TensorPlan(plan.entries);
    }

    private static long expertWeights(ModelSpec spec) {
        long sum = 0;
        for (LayerSpec layer : spec.layers()) {
            if (layer.mlp() instanceof MlpSpec.Experts experts) {
                sum += 3L * experts.experts();
            }
        }
        return sum;
    }

    /** Number of weights, all elements counted. */
    public long parameters() {
        long sum = 0;
        for (Entry entry : entries) {
            sum += entry.shape().stream().reduce(1L, Math::multiplyExact);
        }
        return sum;
    }

    private static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        void attention(int layer, AttentionSpec attention, long hidden) {
            long queryWidth = (long) attention.heads() * attention.headDim();
            long keyWidth = (long) attention.kvHeads() * attention.headDim();
            weight(layer, TensorNames.ATTENTION_NORM, hidden);
            linear(layer, TensorNames.QUERY, attention.qkvBias(), queryWidth, hidden);
            linear(layer, TensorNames.KEY, attention.qkvBias(), keyWidth, hidden);
            linear(layer, TensorNames.VALUE, attention.qkvBias(), keyWidth, hidden);
            linear(layer, TensorNames.ATTENTION_OUTPUT, attention.outputBias(), hidden, queryWidth);
            if (attention.qkNorm()) {
                weight(layer, TensorNames.QUERY_NORM, attention.headDim());
                weight(layer, TensorNames.KEY_NORM, attention.headDim());
            }
        }

        void gated(int layer, MlpSpec.Gated mlp, long hidden) {
            linear(layer, TensorNames.GATE, mlp.bias(), mlp.intermediateSize(), hidden);
            linear(layer, TensorNames.UP, mlp.bias(), mlp.intermediateSize(), hidden);
            linear(layer, TensorNames.DOWN, mlp.bias(), hidden, mlp.intermediateSize());
        }

        void experts(int layer, MlpSpec.Experts mlp, long hidden) {
            weight(layer, TensorNames.ROUTER, mlp.experts(), hidden);
            for (int expert = 0; expert < mlp.experts(); expert++) {
                weight(layer, TensorNames.expertGate(expert), mlp.intermediateSize(), hidden);
                weight(layer, TensorNames.expertUp(expert), mlp.intermediateSize(), hidden);
                weight(layer, TensorNames.expertDown(expert), hidden, mlp.intermediateSize());
            }
        }

        void linear(int layer, String part, boolean bias, long out, long in) {
            weight(layer, part, out, in);
            if (bias) {
                add(TensorNames.bias(layer, part), out);
            }
        }

        void weight(int layer, String part, long... shape) {
            add(TensorNames.weight(layer, part), shape);
        }

        void add(String name, long... shape) {
            entries.add(new Entry(name, Arrays.stream(shape).boxed().toList()));
        }
    }
}
