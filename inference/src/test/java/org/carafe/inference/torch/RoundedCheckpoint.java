package org.carafe.inference.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Dequantizer;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;

/** A checkpoint converted to BF16, in memory. */
final class RoundedCheckpoint implements Checkpoint {
    private final Checkpoint source;
    private final Arena arena = Arena.ofShared();

    RoundedCheckpoint(Checkpoint source) {
        this.source = source;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = source.tensor(name, shape);
        MemorySegment data = arena.allocate(TensorType.BF16.bytes(tensor.elements()), 64);
        Dequantizer.convert(tensor, TensorType.BF16, data);
        return new Tensor(name, TensorType.BF16, tensor.shape(), data);
    }

    @Override
    public ModelSpec spec() {
        return source.spec();
    }

    @Override
    public TensorType weightType() {
        return TensorType.BF16;
    }

    @Override
    public long weightBytes() {
        return source.weightBytes() / 2;
    }

    @Override
    public boolean hasTensor(String name) {
        return source.hasTensor(name);
    }

    @Override
    public TextAssets text() {
        return source.text();
    }

    @Override
    public GenerationDefaults generation() {
        return source.generation();
    }

    @Override
    public String fingerprint() {
        return source.fingerprint();
    }

    @Override
    public void close() {
        source.close();
        arena.close();
    }
}
