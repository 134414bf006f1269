package org.carafe.inference.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory this process can still take: the least of what the machine and a container's limit leave. */
final class MachineMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");
    private static final long KIB = 1024;

    private MachineMemory() {}

    /** Bytes that can be had without swapping; page cache counts as free, since it is given back. */
    static long availableBytes() {
        long machine = value(MEMINFO, "MemAvailable:")
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / KIB);
        return Math.min(machine * KIB, containerBytes());
    }

    private static long containerBytes() {
        OptionalLong limit = number(CGROUP.resolve("memory.max"));
        OptionalLong used = number(CGROUP.resolve("memory.current"));
        if (limit.isEmpty() || used.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long cache = value(CGROUP.resolve("memory.stat"), "inactive_file").orElse(0)
                + value(CGROUP.resolve("memory.stat"), "active_file").orElse(0);
        return Math.max(0, limit.getAsLong() - used.getAsLong() + cache);
    }

    /** The content of a file that holds one number; empty for the word {@code max} or without the file. */
    private static OptionalLong number(Path file) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** The number after a key at the beginning of a line. */
    private static OptionalLong value(Path file, String key) {
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split("\\s+", -1);
                if (words.length >= 2 && words[0].equals(key)) {
                    return OptionalLong.of(Long.parseLong(words[1]));
                }
            }
            return OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
