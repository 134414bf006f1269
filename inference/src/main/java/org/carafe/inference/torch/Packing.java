package org.carafe.inference.torch;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * When bf16 weights on the CPU are held in oneDNN's own layout. Row-major weights, mapped from the file, are twice as fast for one row;
 * the packed layout is a quarter faster for a few. So weights are packed, some bytes a step, while steps have a few rows, and the
 * copies are dropped when single rows are back. Memory stays that of one copy: the file's pages are given up as they are packed
 * (the page cache keeps them), and come back when touched.
 */
final class Packing {
    /** Fewer rows gain nothing. */
    private static final int ROWS_MIN = 4;

    /** With more rows arithmetic takes the time, in either layout. */
    private static final int ROWS_MAX = 64;

    private static final int STEPS_BEFORE_PACKING = 4;
    private static final int STEPS_BEFORE_UNPACKING = 16;

    /** What a step may pack: as long as the step itself takes, or less. */
    private static final long STEP_BYTES = 128L << 20;

    private final Program program;
    private final List<MemorySegment> linears;
    private int packed;
    private int few;
    private int single;

    /** @param linears the mapped memory of each; empty where weights are not mapped or not bf16, and nothing will be packed */
    Packing(Program program, List<MemorySegment> linears) {
        this.program = program;
        this.linears = linears;
    }

    /** After a step with that many rows. */
    void after(int rows) {
        few = rows >= ROWS_MIN && rows <= ROWS_MAX ? few + 1 : 0;
        single = rows < ROWS_MIN ? single + 1 : 0;
        if (few >= STEPS_BEFORE_PACKING && packed < linears.size()) {
            pack();
        } else if (single >= STEPS_BEFORE_UNPACKING && packed > 0) {
            program.call("unpack");
            packed = 0;
        }
    }

    private void pack() {
        int end = packed;
        long bytes = 0;
        while (end < linears.size()
                && (end == packed || bytes + linears.get(end).byteSize() <= STEP_BYTES)) {
            bytes += linears.get(end++).byteSize();
        }
        program.call("pack", end);
        for (MemorySegment segment : linears.subList(packed, end)) {
            segment.unload();
        }
        packed = end;
    }

    /** How many linears are packed. */
    int packed() {
        return packed;
    }
}
