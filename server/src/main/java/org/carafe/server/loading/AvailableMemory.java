package org.carafe.server.loading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the machine, or the container around this process, could still give. */
final class AvailableMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");

    private AvailableMemory() {}

    /** Bytes available: the kernel's estimate, page cache included, and no more than the cgroup leaves. */
    static long bytes() {
        return Math.min(machineBytes(MEMINFO), groupBytes(CGROUP));
    }

    static long machineBytes(Path meminfo) {
        try {
            for (String line : Files.readAllLines(meminfo)) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    /** A cgroup (version 2) counts page cache as used; what is inactive of it can be given up at once. */
    static long groupBytes(Path group) {
        try {
            String limit = Files.readString(group.resolve("memory.max")).strip();
            if (limit.equals("max")) {
                return Long.MAX_VALUE;
            }
            long used = Long.parseLong(
                    Files.readString(group.resolve("memory.current")).strip());
            long reclaimable = 0;
            for (String line : Files.readAllLines(group.resolve("memory.stat"))) {
                if (line.startsWith("inactive_file ") || line.startsWith("active_file ")) {
                    reclaimable +=
                            Long.parseLong(line.substring(line.indexOf(' ') + 1).strip());
                }
            }
            return Math.max(0, Long.parseLong(limit) - used + reclaimable);
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
