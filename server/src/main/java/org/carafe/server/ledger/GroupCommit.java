package org.carafe.server.ledger;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Failures;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes requests. It takes all acts that wait, does them in one transaction, and tells their callers once that is on
 * the disk: the more come at once, the more share one wait for it. A failing database fails the acts that wait, and the next ones try it
 * anew.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int ACTS_MAX = 1_024;
    private static final int QUEUE_MAX = 16_384;
    private static final long IDLE_MILLIS = 200;
    private static final long CLOCK_TOLD_NANOS = 3_600_000_000_000L;
    private static final String CLOSED = "the ledger is closed";

    private final Database database;
    private final RowIds ids;
    private final InstantSource clock;
    private final LedgerListener listener;
    private final long holdMillis;
    private final BlockingQueue<Act> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final TermsCache terms = new TermsCache();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean closed;
    // Of the thread.
    private @Nullable Statements statements;
    private @Nullable Long clockTold;

    GroupCommit(Database database, RowIds ids, InstantSource clock, LedgerListener listener, long holdMillis) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.listener = listener;
        this.holdMillis = holdMillis;
        this.thread = Thread.ofPlatform().name("ledger-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** @throws LedgerUnavailableException too much waits already, or the ledger is closed */
    void add(Act act) {
        if (closing || !queue.offer(act)) {
            throw new LedgerUnavailableException(closing ? CLOSED : "the ledger has " + QUEUE_MAX + " acts waiting");
        }
        // It may have come after the thread's last look: then nobody else would ever answer it.
        if (closed && queue.remove(act)) {
            throw new LedgerUnavailableException(CLOSED);
        }
    }

    private void run() {
        List<Act> acts = new ArrayList<>();
        while (true) {
            try {
                Act first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (closing) {
                        break;
                    }
                    continue;
                }
                acts.add(first);
                queue.drainTo(acts, ACTS_MAX - 1);
                commit(acts);
            } catch (InterruptedException e) {
                closing = true;
            } catch (RuntimeException | Error e) {
                LOG.error("the ledger's writer failed", e);
                acts.forEach(act -> act.done().completeExceptionally(Failures.unavailable(e)));
            } finally {
                acts.clear();
            }
        }
        disconnect();
        closed = true;
        queue.drainTo(acts);
        acts.forEach(act -> act.done().completeExceptionally(new LedgerUnavailableException(CLOSED)));
    }

    private void commit(List<Act> acts) {
        Throwable failure = attempt(acts);
        if (failure != null && acts.size() > 1 && isOfOne(failure)) {
            // One of them is at odds with the database: the others shall not suffer for it.
            LOG.warn("a transaction of {} acts is done one by one: {}", acts.size(), failure.getMessage());
            for (Act act : acts) {
                Throwable alone = attempt(List.of(act));
                if (alone != null) {
                    fail(List.of(act), alone);
                }
            }
        } else if (failure != null) {
            fail(acts, failure);
        }
    }

    /** Whether the database works, and an act is what it cannot do. */
    private static boolean isOfOne(Throwable failure) {
        return failure instanceof RuntimeException
                || (failure instanceof SQLException refused && Failures.isAboutValues(refused));
    }

    private void fail(List<Act> acts, Throwable failure) {
        LedgerUnavailableException unavailable = Failures.unavailable(failure);
        LOG.error("{} ({} acts)", unavailable.getMessage(), acts.size());
        listener.failed(acts.size());
        acts.forEach(act -> act.done().completeExceptionally(unavailable));
    }

    /** Null if it is committed. */
    private @Nullable Throwable attempt(List<Act> acts) {
        long started = System.nanoTime();
        Batch batch;
        database.takeTurn();
        try {
            Statements open = connected();
            batch = new Batch(open, terms, database.dialect(), ids, clock.instant(), holdMillis);
            open.begin();
            batch.run(acts);
            open.commit();
        } catch (SQLException | RuntimeException e) {
            undo(e);
            return e;
        } catch (Error e) {
            // No transaction stays open, whatever happens: nobody else could write.
            undo(e);
            throw e;
        } finally {
            database.endTurn();
        }
        batch.committed(listener);
        tellClock(batch.accountAhead());
        listener.committed(acts.size(), System.nanoTime() - started);
        return null;
    }

    /** Not with each transaction. */
    private void tellClock(long accountAhead) {
        long nowNanos = System.nanoTime();
        if (accountAhead != 0 && (clockTold == null || nowNanos - clockTold > CLOCK_TOLD_NANOS)) {
            clockTold = nowNanos;
            LOG.warn(
                    "the clock was ahead once, or is behind now: an allowance or a limit of a day of account {} is of a"
                            + " later period and is not renewed until then; carafe audit verify lists all of them",
                    accountAhead);
        }
    }

    private Statements connected() throws SQLException {
        Statements open = statements;
        if (open == null) {
            open = new Statements(database.openWriter(), database.dialect());
            statements = open;
            terms.clear();
        }
        return open;
    }

    /** A statement's batch may be half full and a connection may be broken: all of it is made anew. */
    private void undo(Throwable cause) {
        Statements open = statements;
        if (open != null) {
            try {
                open.rollback();
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
        terms.clear();
        disconnect();
    }

    private void disconnect() {
        Statements open = statements;
        statements = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("closing a connection failed", e);
            }
        }
    }

    /** Does what waits, and stops. */
    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
