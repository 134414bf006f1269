package org.carafe.inference.torch;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.carafe.inference.runner.RunnerException;
import org.jspecify.annotations.Nullable;

/** The loaded program. Its methods are called by name; whatever PyTorch throws becomes a {@link RunnerException}. One thread at a time. */
final class Program implements AutoCloseable {
    private static final List<String> PARTS = List.of("program", "load", "step", "attention", "mlp", "linear");

    private final Model model;
    private final PtSymbolBlock block;
    private @Nullable Thread prepared;

    /** Assembles and loads the program; DJL must have been loaded. */
    Program(Device device, Map<String, Object> attributes) {
        model = Model.newInstance("carafe", device, TorchNatives.ENGINE);
        try {
            model.load(new ByteArrayInputStream(ProgramArchive.pack(source(device), attributes)));
            block = (PtSymbolBlock) model.getBlock();
        } catch (Exception e) {
            model.close();
            throw new RunnerException("the program cannot be loaded: " + Torch.firstLine(e), e);
        }
    }

    private static String source(Device device) {
        StringBuilder source = new StringBuilder();
        for (String part : PARTS) {
            source.append(resource(part)).append('\n');
        }
        boolean onednn = !device.isGpu() && System.getProperty("os.arch").equals("amd64");
        return source.append(resource(onednn ? "dense_onednn" : "dense_plain")).toString();
    }

    private static String resource(String name) {
        try (InputStream in = Program.class.getResourceAsStream(name + ".py")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls a method that returns an int. Arguments stay the caller's. */
    long call(String method, IValue... arguments) {
        prepareThread();
        try (IValue result = IValueUtils.runMethod(block, method, arguments)) {
            return result.toLong();
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new RunnerException("PyTorch: " + Torch.firstLine(e), e);
        }
    }

    /** Calls a method with a list of integers. */
    long callWithList(String method, long[] list) {
        try (IValue argument = IValue.listFrom(list)) {
            return call(method, argument);
        }
    }

    /** Calls a method with an integer. */
    long call(String method, long argument) {
        try (IValue value = IValue.from(argument)) {
            return call(method, value);
        }
    }

    /** Calls a method with two integers. */
    long call(String method, long first, long second) {
        try (IValue a = IValue.from(first);
                IValue b = IValue.from(second)) {
            return call(method, a, b);
        }
    }

    /** Calls a method with tensors as its arguments. */
    long callWithTensors(String method, PtNDArray... tensors) {
        IValue[] arguments = new IValue[tensors.length];
        try {
            for (int i = 0; i < tensors.length; i++) {
                arguments[i] = IValue.from(tensors[i]);
            }
            return call(method, arguments);
        } finally {
            for (IValue argument : arguments) {
                if (argument != null) {
                    argument.close();
                }
            }
        }
    }

    /**
     * Where a tensor lies that a method returns; the CPU's memory.
     *
     * @param method takes two integers and returns a contiguous tensor that the program keeps
     */
    long address(String method, long first, long second) {
        prepareThread();
        try (IValue a = IValue.from(first);
                IValue b = IValue.from(second);
                IValue result = IValueUtils.runMethod(block, method, a, b);
                PtNDArray tensor = result.toTensor((PtNDManager) model.getNDManager())) {
            return MemorySegment.ofBuffer(JniUtils.getByteBuffer(tensor, true)).address();
        } catch (RuntimeException e) {
            throw new RunnerException("PyTorch: " + Torch.firstLine(e), e);
        }
    }

    /** Gradients and the optimizing executor are switched per thread. */
    private void prepareThread() {
        Thread current = Thread.currentThread();
        if (prepared != current) {
            JniUtils.setGradMode(false);
            JniUtils.setGraphExecutorOptimize(false);
            prepared = current;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
