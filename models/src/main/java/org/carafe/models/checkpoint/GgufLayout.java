package org.carafe.models.checkpoint;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.carafe.models.CheckpointException;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.NormSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.RopeSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorSource;
import org.carafe.models.gguf.GgufFile;
import org.carafe.models.gguf.GgufNames;
import org.carafe.models.gguf.RotaryRows;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;

/**
 * Weights as llama.cpp's converter stores them.
 *
 * @param spec the family's, but for what the converter has baked into weights: Gemma's {@code 1 +} of norms, Llama 3's frequencies
 * @param interleavedHeads query and key rows are in the llama architecture's order
 */
record GgufLayout(ModelSpec spec, boolean interleavedHeads) implements PlannedCheckpoint.Layout {
    private static final String ROPE_FACTORS = "rope_freqs.weight";

    static GgufLayout of(GgufFile file, ConfigReader config) {
        ModelSpec declared = Families.resolve(config).spec();
        Optional<List<Double>> factors = file.find(ROPE_FACTORS).map(tensor -> factors(file, tensor));
        List<LayerSpec> layers = new ArrayList<>();
        for (LayerSpec layer : declared.layers()) {
            layers.add(factors.isEmpty() ? layer : withFactors(file, layer, factors.get()));
        }
        ModelSpec spec = new ModelSpec(
                declared.architecture(),
                declared.hiddenSize(),
                declared.vocabularySize(),
                declared.contextTokensMax(),
                declared.embeddingScale(),
                new NormSpec(declared.norm().epsilon(), false),
                layers,
                declared.logitSoftcap(),
                declared.tiedEmbeddings());
        boolean llama =
                file.metadata().text("general.architecture").orElseThrow().equals("llama");
        return new GgufLayout(spec, llama);
    }

    private static List<Double> factors(GgufFile file, Tensor tensor) {
        List<Double> factors = new ArrayList<>();
        if (tensor.type() == TensorType.F32) {
            ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < tensor.elements(); i++) {
                factors.add((double) tensor.data().get(layout, 4 * i));
            }
        }
        if (factors.isEmpty()
                || !factors.stream().allMatch(factor -> factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new CheckpointException(file.label() + " has " + ROPE_FACTORS + " that are not positive F32 numbers");
        }
        return factors;
    }

    private static LayerSpec withFactors(GgufFile file, LayerSpec layer, List<Double> factors) {
        AttentionSpec attention = layer.attention();
        if (factors.size() != attention.headDim() / 2) {
            throw new CheckpointException(file.label() + " has " + ROPE_FACTORS + " of " + factors.size()
                    + " elements for heads of width " + attention.headDim());
        }
        if (!(attention.rope().scaling() instanceof RopeScaling.None)) {
            throw new CheckpointException(file.label() + " has both " + ROPE_FACTORS + " and a rope.scaling.factor");
        }
        RopeSpec rope = new RopeSpec(attention.rope().theta(), new RopeScaling.PerFrequency(factors));
        AttentionSpec scaled = new AttentionSpec(
                attention.heads(),
                attention.kvHeads(),
                attention.headDim(),
                attention.scale(),
                attention.logitSoftcap(),
                attention.slidingWindow(),
                rope,
                attention.qkNorm(),
                attention.qkvBias(),
                attention.outputBias());
        return new LayerSpec(scaled, layer.mlp(), layer.sandwichNorms());
    }

    @Override
    public List<TensorSource> sources(String tensorName) {
        return GgufNames.sources(spec, tensorName);
    }

    @Override
    public Tensor restore(Tensor stored) {
        boolean rotated = stored.name().contains("." + TensorNames.QUERY + ".")
                || stored.name().contains("." + TensorNames.KEY + ".");
        return interleavedHeads && rotated
                ? RotaryRows.restore(
                        stored, spec.layers().getFirst().attention().headDim())
                : stored;
    }
}
