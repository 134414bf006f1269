package org.carafe.server.ledger;

/** What a key or an account has used, inside a transaction. */
final class MeterState {
    long spentMicros;
    final long spentBeforeMicros;
    long heldMicros;
    long day;
    long dayRequests;
    long dayTokens;
    boolean changed;

    MeterState(long spentMicros, long heldMicros, long day, long dayRequests, long dayTokens) {
        this.spentMicros = spentMicros;
        this.spentBeforeMicros = spentMicros;
        this.heldMicros = heldMicros;
        this.day = day;
        this.dayRequests = dayRequests;
        this.dayTokens = dayTokens;
    }

    /** A new day counts from zero; a clock that goes back does not. */
    void turnTo(long today) {
        if (today > day) {
            day = today;
            dayRequests = 0;
            dayTokens = 0;
            changed = true;
        }
    }

    void admit(long micros, long tokens) {
        heldMicros += micros;
        dayRequests++;
        dayTokens += tokens;
        changed = true;
    }

    /** @param admittedDay what a request of another day used is no longer counted */
    void end(
            long heldMicrosOfHold, long costMicros, long admittedDay, long tokensMax, long tokensUsed, boolean counts) {
        heldMicros -= heldMicrosOfHold;
        spentMicros += costMicros;
        if (admittedDay == day) {
            dayTokens += tokensUsed - tokensMax;
            dayRequests -= counts ? 0 : 1;
        }
        changed = true;
    }
}
