package org.carafe.server.ledger;

/** A fund inside a transaction: as read, and what the transaction adds. */
final class FundState {
    final long id;
    final FundKind kind;
    final long overdraftMicros;
    private final long periodRead;
    long period;
    private long balanceMicros;
    private long heldMicros;
    long balanceDelta;
    long heldDelta;

    FundState(long id, FundKind kind, long balanceMicros, long heldMicros, long overdraftMicros, long period) {
        this.id = id;
        this.kind = kind;
        this.balanceMicros = balanceMicros;
        this.heldMicros = heldMicros;
        this.overdraftMicros = overdraftMicros;
        this.periodRead = period;
        this.period = period;
    }

    /** Balance without what is held; an overdraft is not in it. */
    long freeMicros() {
        return balanceMicros - heldMicros;
    }

    /** What a hold may take. */
    long availableMicros() {
        return Math.max(0, freeMicros() + overdraftMicros);
    }

    long balanceMicros() {
        return balanceMicros;
    }

    /** What a hold may take once its period is over and it was granted the next one's. */
    long renewedMicros(long allowanceMicros) {
        return Math.max(0, Math.min(0, freeMicros()) + allowanceMicros + overdraftMicros);
    }

    void move(long micros) {
        balanceMicros += micros;
        balanceDelta += micros;
    }

    void hold(long micros) {
        heldMicros += micros;
        heldDelta += micros;
    }

    boolean isChanged() {
        return balanceDelta != 0 || heldDelta != 0 || period != periodRead;
    }
}
