package org.carafe.inference.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels against sums in double precision over the same stored weights. */
class MatrixTest {
    private final Random random = new Random(7);

    private float[] vector(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** Multiplies in two shares into a poisoned result, and compares rows. */
    private static void check(Matrix matrix, float[] x, double[][] weights, double tolerance) {
        Activations activations = new Activations(x.length);
        activations.take(x, x.length);
        float[] y = new float[matrix.outputs()];
        Arrays.fill(y, Float.NaN);
        int middle = matrix.outputs() / 2 / matrix.tile() * matrix.tile();
        matrix.multiply(activations, y, 0, middle);
        matrix.multiply(activations, y, middle, matrix.outputs());
        for (int row = 0; row < y.length; row++) {
            double expected = 0;
            double size = 0;
            for (int i = 0; i < x.length; i++) {
                expected += weights[row][i] * x[i];
                size += Math.abs(weights[row][i] * x[i]);
            }
            assertThat((double) y[row]).as("row %d", row).isCloseTo(expected, within(tolerance * size));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "5,64", "37,70", "16,128", "9,259", "16,8192", "11,4139", "3,5000"})
    void bf16OfAnyShape(int outputs, int inputs) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2L * outputs * inputs, 64);
            double[][] weights = new double[outputs][inputs];
            for (int i = 0; i < outputs * inputs; i++) {
                Bf16.set(memory, i, (float) random.nextGaussian());
                weights[i / inputs][i % inputs] = Bf16.get(memory, i);
            }
            float[] x = vector(inputs);
            for (int i = 0; i < inputs; i++) {
                x[i] = Bf16.round(x[i]);
            }
            check(new Bf16Matrix(outputs, inputs, memory), x, weights, 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "5,64", "37,70", "16,128", "9,259", "16,8192", "11,4139", "3,5000"})
    void int8OfAnyShape(int outputs, int inputs) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) outputs * inputs, 64);
            MemorySegment scales = arena.allocate(2L * outputs, 64);
            double[][] weights = new double[outputs][inputs];
            for (int row = 0; row < outputs; row++) {
                Bf16.set(scales, row, random.nextFloat());
                for (int i = 0; i < inputs; i++) {
                    byte q = (byte) (random.nextInt(255) - 127);
                    memory.set(ValueLayout.JAVA_BYTE, (long) row * inputs + i, q);
                    weights[row][i] = q * Bf16.get(scales, row);
                }
            }
            check(new Int8Matrix(outputs, inputs, memory, scales), vector(inputs), weights, 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"32,32", "64,96", "96,64", "32,2048", "64,544"})
    void int4OfWholeTiles(int outputs, int inputs) {
        Tiles tiles = new Tiles(outputs, inputs, random);
        // Activations of 8 bits: half a step of 1/127 each.
        try (Arena arena = Arena.ofConfined()) {
            check(tiles.matrix(arena), vector(inputs), tiles.weights, 0.01);
        }
    }

    @Test
    void int4IsExactWhereActivationsAreWholeNumbers() {
        Tiles tiles = new Tiles(64, 128, random);
        float[] x = new float[128];
        for (int i = 0; i < x.length; i++) {
            // Every group has its extremes, so that its scale is 1.
            x[i] = i % 32 == 0 ? 127 : i % 32 == 1 ? -127 : random.nextInt(255) - 127;
        }
        try (Arena arena = Arena.ofConfined()) {
            check(tiles.matrix(arena), x, tiles.weights, 1e-6);
        }
    }

    @Test
    void int4SumsOfTheLargestProductsDoNotOverflow() {
        Tiles tiles = new Tiles(32, 64, random);
        for (byte[] row : tiles.q) {
            Arrays.fill(row, (byte) 15);
        }
        tiles.dequantize();
        float[] x = new float[64];
        Arrays.fill(x, 0, 32, 127);
        Arrays.fill(x, 32, 64, -127);
        try (Arena arena = Arena.ofConfined()) {
            check(tiles.matrix(arena), x, tiles.weights, 1e-6);
        }
    }

    @Test
    void aShapeThatIsNotMadeOfTilesIsRefused() {
        assertThatThrownBy(() -> new Int4Matrix(33, 32, MemorySegment.NULL, MemorySegment.NULL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[33, 32]");
    }

    @Test
    void bf16RoundsToTheNearestAndTiesToEven() {
        assertThat(Bf16.round(0x1.01p0f)).isEqualTo(1f);
        assertThat(Bf16.round(0x1.03p0f)).isEqualTo(0x1.04p0f);
        assertThat(Bf16.round(Float.intBitsToFloat(0x3F808001))).isEqualTo(Float.intBitsToFloat(0x3F810000));
        assertThat(Bf16.round(Float.NaN)).isNaN();
        assertThat(Bf16.round(Float.intBitsToFloat(0x7F800001))).isNaN();
        assertThat(Bf16.round(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    /** An int4 matrix by its definition. */
    private static final class Tiles {
        final int outputs;
        final int inputs;
        final byte[][] q;
        final float[][] scale;
        final float[][] zero;
        final double[][] weights;

        Tiles(int outputs, int inputs, Random random) {
            this.outputs = outputs;
            this.inputs = inputs;
            q = new byte[outputs][inputs];
            scale = new float[outputs][inputs / 32];
            zero = new float[outputs][inputs / 32];
            weights = new double[outputs][inputs];
            for (int row = 0; row < outputs; row++) {
                for (int i = 0; i < inputs; i++) {
                    q[row][i] = (byte) random.nextInt(16);
                    scale[row][i / 32] = Bf16.round(random.nextFloat());
                    zero[row][i / 32] = Bf16.round((float) random.nextGaussian());
                }
            }
            dequantize();
        }

        void dequantize() {
            for (int row = 0; row < outputs; row++) {
                for (int i = 0; i < inputs; i++) {
                    weights[row][i] = (q[row][i] - 8) * scale[row][i / 32] + zero[row][i / 32];
                }
            }
        }

        Int4Matrix matrix(Arena arena) {
            MemorySegment memory = arena.allocate((long) outputs * inputs / 2, 64);
            MemorySegment scales = arena.allocate((long) outputs * inputs / 32 * 4, 64);
            for (int row = 0; row < outputs; row++) {
                for (int i = 0; i < inputs; i++) {
                    long place = ((long) row / 32 * inputs / 4 + i / 4) * 32 + row % 32;
                    short four = memory.getAtIndex(ValueLayout.JAVA_SHORT, place);
                    memory.setAtIndex(ValueLayout.JAVA_SHORT, place, (short) (four | (q[row][i] << (i % 4 * 4))));
                    long group = ((long) row / 32 * (inputs / 32) + i / 32) * 64 + row % 32;
                    Bf16.set(scales, group, scale[row][i / 32]);
                    Bf16.set(scales, group + 32, zero[row][i / 32]);
                }
            }
            return new Int4Matrix(outputs, inputs, memory, scales);
        }
    }
}
