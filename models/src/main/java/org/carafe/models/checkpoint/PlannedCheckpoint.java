package org.carafe.models.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.carafe.models.CheckpointException;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.architecture.TensorSource;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorFile;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;

/**
 * A checkpoint whose every weight was found, in the right shape, when it was opened. What the format does to a weight (GGUF's order
 * of query rows) is undone when it is asked for.
 */
final class PlannedCheckpoint implements Checkpoint {
    private final Layout layout;
    private final TextAssets text;
    private final GenerationDefaults generation;
    private final Arena arena;
    private final Map<String, Tensor> tensors;
    private final TensorType weightType;
    private final long weightBytes;
    private final Fingerprint fingerprint;

    /** What a file format has to say about its weights. */
    interface Layout {
        /** What the model is. */
        ModelSpec spec();

        /** Where a weight may lie in the file, likeliest first. */
        List<TensorSource> sources(String tensorName);

        /** The weight as a runner wants it. */
        Tensor restore(Tensor stored);
    }

    /**
     * Finds all weights.
     *
     * @param arena owns the file's mappings; closed with this checkpoint
     * @throws CheckpointException naming the first weight that is missing or has the wrong shape
     */
    PlannedCheckpoint(Layout layout, TensorFile file, TextAssets text, GenerationDefaults generation, Arena arena) {
        this.layout = layout;
        this.text = text;
        this.generation = generation;
        this.arena = arena;
        TensorPlan plan = TensorPlan.of(layout.spec());
        this.tensors = HashMap.newHashMap(plan.entries().size());
        Map<TensorType, Long> bytesByType = new EnumMap<>(TensorType.class);
        for (TensorPlan.Entry entry : plan.entries()) {
            Tensor tensor = find(file, layout.sources(entry.name()), entry);
            tensors.put(entry.name(), tensor);
            bytesByType.merge(tensor.type(), tensor.data().byteSize(), Math::addExact);
        }
        this.weightType = bytesByType.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        this.weightBytes = bytesByType.values().stream().reduce(Math::addExact).orElseThrow();
        this.fingerprint = new Fingerprint(
                layout.spec(),
                plan.entries().stream().map(entry -> tensors.get(entry.name())).toList());
    }

    private static Tensor find(TensorFile file, List<TensorSource> sources, TensorPlan.Entry entry) {
        for (TensorSource source : sources) {
            Optional<Tensor> stored = file.find(source.name());
            if (stored.isPresent()) {
                return part(file, stored.get(), source, entry);
            }
        }
        String name = sources.getFirst().name();
        throw new CheckpointException(file.label() + " lacks the tensor " + name + " " + entry.shape());
    }

    /** The run of rows that is the weight. A stored tensor's shape must end in the weight's, but for how rows are grouped. */
    private static Tensor part(TensorFile file, Tensor stored, TensorSource source, TensorPlan.Entry entry) {
        long rowElements = entry.shape().getLast();
        boolean fits = source.parts() == 1
                ? stored.shape().equals(entry.shape())
                : stored.shape().size() == entry.shape().size() + 1
                        && stored.shape().getLast() == rowElements
                        && stored.elements() == Tensor.elements(entry.shape()) * source.parts();
        if (!fits) {
            throw new CheckpointException(file.label() + " has tensor " + source.name() + " of shape " + stored.shape()
                    + "; the model's configuration implies " + entry.shape()
                    + (source.parts() == 1 ? "" : ", " + source.parts() + " times"));
        }
        if (rowElements % stored.type().blockElements() != 0) {
            throw new CheckpointException(file.label() + " has tensor " + source.name() + " as " + stored.type()
                    + ", whose rows of " + rowElements + " elements do not fill blocks of "
                    + stored.type().blockElements());
        }
        long bytes = stored.data().byteSize() / source.parts();
        MemorySegment data = stored.data().asSlice(source.part() * bytes, bytes);
        return new Tensor(entry.name(), stored.type(), entry.shape(), data);
    }

    @Override
    public ModelSpec spec() {
        return layout.spec();
    }

    @Override
    public TensorType weightType() {
        return weightType;
    }

    @Override
    public long weightBytes() {
        return weightBytes;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException("the checkpoint has no tensor " + name);
        }
        List<Long> asked = LongStream.of(shape).boxed().toList();
        if (!tensor.shape().equals(asked)) {
            throw new CheckpointException("tensor " + name + " has shape " + tensor.shape() + ", not " + asked);
        }
        return layout.restore(tensor);
    }

    @Override
    public boolean hasTensor(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public TextAssets text() {
        return text;
    }

    @Override
    public GenerationDefaults generation() {
        return generation;
    }

    @Override
    public String fingerprint() {
        return fingerprint.value();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
