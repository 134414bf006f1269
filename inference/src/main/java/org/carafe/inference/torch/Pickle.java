package org.carafe.inference.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One object with attributes in Python's pickle format, protocol 2, as PyTorch's unpickler reads it. Lists carry their element type. */
final class Pickle {
    /** An empty {@code List[Tensor]}. */
    static final Object NO_TENSORS = new Object();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle(String module, String type) {
        write(0x80, 2);
        global(module, type);
        write(')', 0x81, '}', '('); // an empty tuple, new object, its dict, mark
    }

    /** An {@code int}, {@code float}, {@code bool} or a list of one of these. */
    void attribute(String name, Object value) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        write('X');
        little(4).putInt(text.length);
        flush();
        out.writeBytes(text);
        value(value);
    }

    /** The finished pickle. */
    byte[] bytes() {
        write('u', 'b', '.'); // set items, build, stop
        return out.toByteArray();
    }

    private void value(Object value) {
        switch (value) {
            case Integer i -> integer(i);
            case Boolean b -> write(b ? 0x88 : 0x89);
            case Double d -> real(d);
            case int[] list -> {
                begin("build_intlist");
                for (int i : list) {
                    integer(i);
                }
                end();
            }
            case double[] list -> {
                begin("build_doublelist");
                for (double d : list) {
                    real(d);
                }
                end();
            }
            case boolean[] list -> {
                begin("build_boollist");
                for (boolean b : list) {
                    write(b ? 0x88 : 0x89);
                }
                end();
            }
            default -> {
                assert value == NO_TENSORS : "an attribute has a type that can be pickled";
                begin("build_tensorlist");
                end();
            }
        }
    }

    private void integer(int value) {
        write('J');
        little(4).putInt(value);
        flush();
    }

    private void real(double value) {
        write('G');
        scratch = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN).putDouble(value);
        flush();
    }

    private void begin(String builder) {
        global("torch.jit._pickle", builder);
        write('(', ']', '('); // arguments: one list, filled between marks
    }

    private void end() {
        write('e', 't', 'R'); // append all, tuple, call
    }

    private void global(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private ByteBuffer scratch = ByteBuffer.allocate(0);

    private ByteBuffer little(int bytes) {
        scratch = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return scratch;
    }

    private void flush() {
        out.writeBytes(scratch.array());
    }

    private void write(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }
}
