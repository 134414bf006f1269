package org.carafe.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where figures were measured: enough to compare, nothing that names a host. */
public record Machine(String processor, int cores, double memoryGiB, String java, String system) {
    /** This machine. */
    public static Machine here() {
        return new Machine(
                field("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                Math.round(memoryKib() / 1024.0 / 1024.0 * 10) / 10.0,
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"));
    }

    private static long memoryKib() {
        String text = field("/proc/meminfo", "MemTotal", "0 kB");
        return Long.parseLong(text.replace("kB", "").strip());
    }

    private static String field(String file, String key, String otherwise) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(key)) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            return otherwise;
        }
        return otherwise;
    }
}
