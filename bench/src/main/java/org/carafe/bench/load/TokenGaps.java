package org.carafe.bench.load;

/**
 * Turns the arrivals of one stream's events into gaps between tokens. The first token has no gap, and the last three events are none:
 * the one with {@code finish_reason}, the one with {@code usage} and {@code [DONE]}; so the latest three are held back.
 */
final class TokenGaps {
    private static final int HELD = 3;

    private final long[] heldNanos = new long[HELD];
    private long seen;

    void reset() {
        seen = 0;
    }

    /** Events that came together, so long after those before them: each has an equal share of the wait. */
    void arrived(long gapNanos, int events, Recorder recorder) {
        for (int i = 0; i < events; i++) {
            int slot = (int) (seen % HELD);
            if (seen > HELD) {
                recorder.gap(heldNanos[slot]);
            }
            heldNanos[slot] = gapNanos / events;
            seen++;
        }
    }
}
