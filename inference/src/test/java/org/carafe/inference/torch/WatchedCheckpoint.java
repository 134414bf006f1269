package org.carafe.inference.torch;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;

/** Another checkpoint, and what still owns the memory that it handed out beside its mappings. */
final class WatchedCheckpoint implements Checkpoint {
    private final Checkpoint checkpoint;
    private final List<WeakReference<Object>> unmapped = new ArrayList<>();

    WatchedCheckpoint(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    /** The owners of memory of all tensors that are no mappings; cleared when their memory is freed. */
    List<WeakReference<Object>> unmapped() {
        return List.copyOf(unmapped);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = checkpoint.tensor(name, shape);
        if (!tensor.data().isMapped()) {
            unmapped.add(new WeakReference<>(tensor.data().scope()));
        }
        return tensor;
    }

    @Override
    public ModelSpec spec() {
        return checkpoint.spec();
    }

    @Override
    public TensorType weightType() {
        return checkpoint.weightType();
    }

    @Override
    public long weightBytes() {
        return checkpoint.weightBytes();
    }

    @Override
    public boolean hasTensor(String name) {
        return checkpoint.hasTensor(name);
    }

    @Override
    public TextAssets text() {
        return checkpoint.text();
    }

    @Override
    public GenerationDefaults generation() {
        return checkpoint.generation();
    }

    @Override
    public String fingerprint() {
        return checkpoint.fingerprint();
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
