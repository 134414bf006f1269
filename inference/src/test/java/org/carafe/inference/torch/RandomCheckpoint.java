package org.carafe.inference.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;

/** Seeded random weights for any model spec, in memory: F32, or what is left of them after rounding to another type. */
final class RandomCheckpoint implements Checkpoint {
    private final ModelSpec spec;
    private final TensorType type;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> tensors = new HashMap<>();
    private long bytes;

    /** @param type F32, F16 or BF16 */
    RandomCheckpoint(ModelSpec spec, TensorType type, long seed) {
        this.spec = spec;
        this.type = type;
        Random random = new Random(seed);
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            long elements = Tensor.elements(entry.shape());
            MemorySegment data = arena.allocate(type.bytes(elements), 64);
            boolean vector = entry.shape().size() == 1;
            double spread = vector ? 0.1 : 1 / Math.sqrt(entry.shape().getLast());
            boolean norm =
                    vector && entry.name().contains("norm") && !spec.norm().weightPlusOne();
            for (long i = 0; i < elements; i++) {
                put(data, i, (float) ((norm ? 1 : 0) + spread * random.nextGaussian()));
            }
            tensors.put(entry.name(), new Tensor(entry.name(), type, entry.shape(), data));
            bytes += data.byteSize();
        }
    }

    private void put(MemorySegment data, long index, float value) {
        switch (type) {
            case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            default -> data.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
    }

    /** An element of a weight, as stored. */
    double value(String name, long index) {
        MemorySegment data = tensors.get(name).data();
        return switch (type) {
            case F32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, index));
            default -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
        };
    }

    /** A whole weight as rows, as stored. */
    double[][] matrix(String name) {
        List<Long> shape = tensors.get(name).shape();
        int columns = Math.toIntExact(shape.getLast());
        int rows = Math.toIntExact(Tensor.elements(shape) / columns);
        double[][] matrix = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix[i][j] = value(name, (long) i * columns + j);
            }
        }
        return matrix;
    }

    /** Makes one element of a weight something else. */
    void spoil(String name, long index, float value) {
        put(tensors.get(name).data(), index, value);
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public TensorType weightType() {
        return type;
    }

    @Override
    public long weightBytes() {
        return bytes;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = tensors.get(name);
        assert tensor.shape().equals(LongStream.of(shape).boxed().toList()) : name + " has the shape that was planned";
        return tensor;
    }

    @Override
    public boolean hasTensor(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public TextAssets text() {
        throw new UnsupportedOperationException("weights only");
    }

    @Override
    public GenerationDefaults generation() {
        return new GenerationDefaults(List.of(), null, null, OptionalInt.empty(), null, null);
    }

    @Override
    public String fingerprint() {
        return "random";
    }

    @Override
    public void close() {
        arena.close();
    }
}
