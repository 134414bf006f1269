package org.carafe.inference.torch;

import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorPlan;

/** Bytes that a model's weights take once loaded. */
record WeightSize(long bytes) {
    static WeightSize of(ModelSpec spec, WeightFormat format) {
        long bytes = 0;
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            long elements = entry.shape().stream().reduce(1L, Math::multiplyExact);
            bytes += entry.shape().size() > 1 ? format.weightBytes(elements) : elements * format.computeBytes();
        }
        return new WeightSize(bytes);
    }
}
