package org.carafe.models.checkpoint;

import java.util.List;
import org.carafe.models.architecture.Families;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorSource;
import org.carafe.models.tensor.Tensor;

/** Weights as Hugging Face stores them: under a family's own names, otherwise as runners want them. */
record HuggingFaceLayout(Families.Resolved resolved) implements PlannedCheckpoint.Layout {
    @Override
    public ModelSpec spec() {
        return resolved.spec();
    }

    @Override
    public List<TensorSource> sources(String tensorName) {
        return resolved.family().sources(resolved.spec(), tensorName);
    }

    @Override
    public Tensor restore(Tensor stored) {
        return stored;
    }
}
