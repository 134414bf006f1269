package org.carafe.server.console;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one task on stderr. On a terminal a bar; elsewhere, for logs, a line every ten seconds and one at the end of a task
 * that took longer than that. Thread-safe.
 */
public final class Progress implements AutoCloseable {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int WIDTH_COLUMNS = 100;

    private final PrintStream err = System.err;
    private final String task;
    private final Unit unit;
    private final @Nullable ProgressBar bar;
    private final long startedNanos = System.nanoTime();
    private long lineNanos = startedNanos;
    private long total;
    private long done;
    private boolean printedLine;

    /** What is counted. */
    public enum Unit {
        BYTES("MB", 1_000_000),
        TENSORS("tensors", 1),
        REQUESTS("requests", 1);

        private final String label;
        private final long size;

        Unit(String label, long size) {
            this.label = label;
            this.size = size;
        }
    }

    private Progress(String task, Unit unit, long total, boolean terminal) {
        this.task = task;
        this.unit = unit;
        this.total = total;
        this.bar = terminal ? bar(task, unit, total) : null;
    }

    /** Starts showing a task; {@code total} 0 where it is not known yet. */
    public static Progress of(String task, Unit unit, long total) {
        return new Progress(task, unit, total, Terminal.isStderr());
    }

    private static ProgressBar bar(String task, Unit unit, long total) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setUnit(" " + unit.label, unit.size)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setMaxRenderedLength(WIDTH_COLUMNS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH_COLUMNS))
                .build();
    }

    /** Says how far the task is. */
    public synchronized void at(long doneNow, long totalNow) {
        done = doneNow;
        total = totalNow;
        if (bar != null) {
            bar.maxHint(totalNow);
            bar.stepTo(doneNow);
        } else if (System.nanoTime() - lineNanos > LINE_NANOS) {
            lineNanos = System.nanoTime();
            printLine();
        }
    }

    /** Adds words behind the bar, such as a rate. */
    public synchronized void note(String words) {
        if (bar != null) {
            bar.setExtraMessage(words);
        }
    }

    private void printLine() {
        printedLine = true;
        String of = total > 0 ? String.format(Locale.ROOT, " of %,d", total / unit.size) : "";
        err.printf(
                Locale.ROOT,
                "%s: %,d%s %s, %d s%n",
                task,
                done / unit.size,
                of,
                unit.label,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos));
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
        } else if (printedLine) {
            printLine();
        }
    }
}
