package org.carafe.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * CPU time so far, in clock ticks: of all processes, and of this one with the children it waited for. From /proc/stat and
 * /proc/self/stat (proc(5)); nothing where there is no /proc.
 */
record CpuUse(long all, long own, long idle) {
    /** Others that take less disturb nothing. */
    static final double QUIET_SHARE = 0.05;

    private static final long SAMPLE_MILLIS = 1000;
    private static final CpuUse UNKNOWN = new CpuUse(0, 0, 0);
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;

    /** User and system time, then the same of children; counted from behind the name, which may hold spaces. */
    private static final int USER_TIME = 11;

    static CpuUse now() {
        try {
            return of(
                    Files.readAllLines(Path.of("/proc/stat")).getFirst(), Files.readString(Path.of("/proc/self/stat")));
        } catch (IOException | RuntimeException e) {
            return UNKNOWN;
        }
    }

    /** From the first line of /proc/stat, and from /proc/self/stat. */
    static CpuUse of(String cpus, String self) {
        List<Long> times = numbers(cpus.substring("cpu".length()));
        long idle = times.get(IDLE) + times.get(IO_WAIT);
        long all =
                times.subList(0, STEAL + 1).stream().mapToLong(Long::longValue).sum();
        List<String> fields =
                List.of(self.substring(self.lastIndexOf(')') + 2).strip().split(" "));
        long own = fields.subList(USER_TIME, USER_TIME + 4).stream()
                .mapToLong(Long::parseLong)
                .sum();
        return new CpuUse(all, own, idle);
    }

    private static List<Long> numbers(String text) {
        return List.of(text.strip().split("\\s+")).stream().map(Long::valueOf).toList();
    }

    /** Returns when others have left the CPUs alone for a second, or after the longest wait. */
    static void awaitQuiet(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < end) {
            CpuUse then = now();
            Thread.sleep(SAMPLE_MILLIS);
            if (now().othersSince(then) < QUIET_SHARE) {
                return;
            }
        }
    }

    /** The share of all CPUs, 0 to 1, that others took since then; 0 if it is not known. */
    double othersSince(CpuUse then) {
        long passed = all - then.all;
        if (passed <= 0 || all == 0 || then.all == 0) {
            return 0;
        }
        long others = passed - (idle - then.idle) - (own - then.own);
        return Math.clamp((double) others / passed, 0, 1);
    }
}
