package org.carafe.inference.torch;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Small things that DJL's API makes long. */
final class Torch {
    private Torch() {}

    /** A tensor over that memory, without a copy; the memory must outlive it. At most 2 GiB. */
    static PtNDArray alias(NDManager manager, MemorySegment memory, DataType type, long... shape) {
        return (PtNDArray) manager.create(memory.asByteBuffer().order(ByteOrder.nativeOrder()), new Shape(shape), type);
    }

    /** What went wrong, without the native stack that PyTorch appends. */
    static String firstLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        // A failure inside a program is told after the program's traceback.
        int cause = message.lastIndexOf("RuntimeError: ");
        String told = cause < 0 ? message : message.substring(cause + "RuntimeError: ".length());
        return told.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse(message);
    }
}
