package org.carafe.inference.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.carafe.inference.runner.RunnerException;
import org.carafe.models.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/** From a device's name to the device, and what it has. */
final class Devices {
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private Devices() {}

    /**
     * The device of that name.
     *
     * @param gpus how many CUDA devices there are
     * @throws RunnerException there is none of that name
     */
    static Device of(String name, int gpus) {
        if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
            return Device.cpu();
        }
        int index = switch (name) {
            case "auto", "cuda" -> 0;
            default -> name.matches("cuda:\\d{1,3}") ? Integer.parseInt(name.substring("cuda:".length())) : -1;
        };
        if (index < 0) {
            throw new RunnerException("unknown device '" + name + "': auto, cpu, cuda or cuda:N");
        }
        if (index >= gpus) {
            throw new RunnerException("there is no device " + name + ": PyTorch sees " + gpus
                    + " CUDA devices (a GPU also needs the CUDA build of PyTorch's libraries)");
        }
        return Device.gpu(index);
    }

    /** The format asked for, or the checkpoint's natural one. */
    static WeightFormat formatFor(Device device, @Nullable WeightFormat asked, TensorType stored) {
        if (device.isGpu()) {
            if (asked == WeightFormat.INT8 || asked == WeightFormat.INT4) {
                throw new RunnerException("int8 and int4 weights run on the CPU only; a CUDA device takes bf16 or f32");
            }
            return asked != null ? asked : WeightFormat.BF16;
        }
        return asked != null ? asked : WeightFormat.of(stored);
    }

    /** Bytes that weights and KV can take. */
    static long availableBytes(Device device) {
        return device.isGpu()
                ? CudaUtils.getGpuMemory(device).getMax()
                        - CudaUtils.getGpuMemory(device).getUsed()
                : MachineMemory.availableBytes();
    }

    /** Physical cores that this process may use: two threads of a core share its arithmetic units and only disturb each other. */
    static int cores() {
        int threads = Runtime.getRuntime().availableProcessors();
        Set<String> siblings = new HashSet<>();
        try (Stream<Path> cpus = Files.list(CPUS)) {
            for (Path cpu : cpus.filter(path -> path.getFileName().toString().matches("cpu\\d+"))
                    .toList()) {
                siblings.add(Files.readString(cpu.resolve("topology/thread_siblings_list")));
            }
        } catch (IOException e) {
            return threads;
        }
        return siblings.isEmpty() ? threads : Math.min(threads, siblings.size());
    }
}
