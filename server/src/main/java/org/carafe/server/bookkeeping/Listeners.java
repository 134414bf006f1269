package org.carafe.server.bookkeeping;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.carafe.server.ledger.LedgerListener;

/** Several that hear of the ledger, some of which can only be made once it is open. Thread-safe. */
public final class Listeners implements LedgerListener {
    private final List<LedgerListener> all = new CopyOnWriteArrayList<>();

    /** Hears from now on. */
    public Listeners add(LedgerListener listener) {
        all.add(listener);
        return this;
    }

    @Override
    public void committed(int acts, long nanos) {
        all.forEach(listener -> listener.committed(acts, nanos));
    }

    @Override
    public void failed(int acts) {
        all.forEach(listener -> listener.failed(acts));
    }

    @Override
    public void budgetRefused(long keyId) {
        all.forEach(listener -> listener.budgetRefused(keyId));
    }
}
