package org.carafe.inference.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Dequantizer;
import org.carafe.models.tensor.MappedFile;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;

/** A checkpoint converted to BF16, in memory. */
final class RoundedCheckpoint implements Checkpoint {
    private final Checkpoint source;
    private final Arena arena = Arena.ofShared();

    private final boolean mapped;

    RoundedCheckpoint(Checkpoint source) {
        this(source, false);
    }

    private RoundedCheckpoint(Checkpoint source, boolean mapped) {
        this.source = source;
        this.mapped = mapped;
    }

    /** One whose tensors are mapped files. */
    static RoundedCheckpoint mapped(Checkpoint source) {
        return new RoundedCheckpoint(source, true);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = source.tensor(name, shape);
        MemorySegment data = arena.allocate(TensorType.BF16.bytes(tensor.elements()), 64);
        Dequantizer.convert(tensor, TensorType.BF16, data);
        return new Tensor(name, TensorType.BF16, tensor.shape(), mapped ? mapping(data) : data);
    }

    private MemorySegment mapping(MemorySegment data) {
        try {
            Path file = Files.createTempFile("tensor", ".bf16");
            try {
                Files.write(file, data.toArray(ValueLayout.JAVA_BYTE));
                return MappedFile.map(file, arena);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
