package org.carafe.inference.torch;

import java.util.List;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Tensor;

/** How much memory weights take once loaded: what {@link WeightLoader} makes of each. */
final class WeightSize {
    private static final String ROUTER = "." + TensorNames.ROUTER + ".weight";

    private final ModelSpec spec;
    private final WeightFormat format;
    private final boolean tiled;

    private WeightSize(ModelSpec spec, WeightFormat format, boolean tiled) {
        this.spec = spec;
        this.format = format;
        this.tiled = tiled;
    }

    /**
     * Bytes of a checkpoint's weights in that format, mapped ones included.
     *
     * @param solo whether Java decodes sequences alone: int4 is held in its layout, too
     */
    static long bytes(Checkpoint checkpoint, WeightFormat format, boolean solo) {
        ModelSpec spec = checkpoint.spec();
        WeightSize size = new WeightSize(spec, format, solo);
        Tensor embedding = checkpoint.tensor(TensorNames.EMBEDDING, spec.vocabularySize(), spec.hiddenSize());
        long bytes = size.embedding(WeightLoader.isConverted(embedding, format));
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            if (!entry.name().equals(TensorNames.EMBEDDING)) {
                bytes = Math.addExact(bytes, size.of(entry));
            }
        }
        return bytes;
    }

    /** With the head, where it is tied: the same memory unless the head alone is quantized. */
    private long embedding(boolean converted) {
        long rows = spec.vocabularySize();
        long width = spec.hiddenSize();
        long dense = rows * width * format.computeBytes();
        if (!format.isQuantized()) {
            return dense;
        }
        long int8 = WeightFormat.INT8.bytes(rows, width);
        return converted ? int8 : dense + (spec.tiedEmbeddings() ? int8 : 0);
    }

    private long of(TensorPlan.Entry entry) {
        List<Long> shape = entry.shape();
        if (shape.size() == 1) {
            boolean bias = entry.name().endsWith(".bias");
            return shape.getFirst() * (bias ? format.computeBytes() : Float.BYTES);
        }
        long outputs = shape.getFirst();
        long inputs = shape.getLast();
        if (entry.name().endsWith(ROUTER)) {
            return outputs * inputs * Float.BYTES;
        }
        WeightFormat held = entry.name().equals(TensorNames.OUTPUT_HEAD) ? format.ofHead() : format.of(outputs, inputs);
        return held.bytes(outputs, inputs) * (held == WeightFormat.INT4 && tiled ? 2 : 1);
    }
}
