package org.carafe.inference.torch;

import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorPlan;

/** How much memory weights take once loaded. */
public final class WeightSize {
    private WeightSize() {}

    /** Bytes of a model's weights in that format; a tied head under int8 and int4 counts beside the embedding. */
    public static long bytes(ModelSpec spec, WeightFormat format) {
        boolean quantized = format == WeightFormat.INT8 || format == WeightFormat.INT4;
        long bytes = 0;
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            long elements = entry.shape().stream().reduce(1L, Math::multiplyExact);
            boolean vector = entry.shape().size() == 1;
            if (vector) {
                bytes += elements * format.computeBytes();
            } else if (!quantized) {
                bytes += format.weightBytes(elements);
            } else if (entry.name().equals(TensorNames.EMBEDDING)) {
                bytes += WeightFormat.BF16.weightBytes(elements)
                        + (spec.tiedEmbeddings() ? WeightFormat.INT8.weightBytes(elements) : 0);
            } else if (entry.name().equals(TensorNames.OUTPUT_HEAD)) {
                bytes += WeightFormat.INT8.weightBytes(elements);
            } else {
                bytes += format.weightBytes(elements);
            }
        }
        return bytes;
    }
}
