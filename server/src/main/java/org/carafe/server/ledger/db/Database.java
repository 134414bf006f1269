package org.carafe.server.ledger.db;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The open database: a pool of readers, and one writer at a time. Thread-safe.
 *
 * <p>SQLite lets one connection write; the others poll for their turn. Inside the process a lock gives turns instead, and polling is left
 * to other processes (the shell beside a server).
 */
public final class Database implements AutoCloseable {
    /** Processes that one ledger sees in its life: a number and a count of rows fit a positive long, and a number an advisory lock. */
    public static final long PROCESSES_MAX = (1L << 27) - 1;

    private final DatabaseSettings settings;
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final Jdbi reading;
    private final Jdbi writing;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ReentrantLock registration = new ReentrantLock();
    private final AtomicLong rows = new AtomicLong();
    // Guarded by registration; 0: not registered yet.
    private volatile long processNumber;

    private Database(DatabaseSettings settings, HikariDataSource readers, HikariDataSource writers) {
        this.settings = settings;
        this.readers = readers;
        this.writers = writers;
        this.reading = Jdbi.create(readers);
        this.writing = Jdbi.create(writers);
    }

    /**
     * Opens it; makes it first where there is none, and brings an older one up to date.
     *
     * @throws LedgerUnavailableException one line for the user that names the file or URL
     */
    public static Database open(DatabaseSettings settings) {
        return switch (settings.dialect()) {
            case SQLITE -> {
                Sqlite.check(settings);
                yield open(settings, Sqlite.readers(settings), Sqlite.writers(settings));
            }
            case POSTGRESQL -> open(settings, Postgresql.readers(settings), Postgresql.writers(settings));
        };
    }

    private static Database open(DatabaseSettings settings, HikariDataSource readers, HikariDataSource writers) {
        try {
            Migrations.apply(writers, settings.dialect());
            return new Database(settings, readers, writers);
        } catch (RuntimeException e) {
            readers.close();
            writers.close();
            throw new LedgerUnavailableException("cannot open the ledger " + settings + ": " + Failures.reason(e), e);
        }
    }

    /** Which of the two it is. */
    public Dialect dialect() {
        return settings.dialect();
    }

    /** Where it is. */
    public DatabaseSettings settings() {
        return settings;
    }

    /**
     * Reads. Each statement sees what is committed when it begins.
     *
     * @throws LedgerUnavailableException the database failed
     */
    public <T> T read(Function<Handle, T> work) {
        try (Handle handle = reading.open()) {
            return work.apply(handle);
        } catch (JdbiException e) {
            throw Failures.unavailable(e);
        }
    }

    /**
     * Writes, all or nothing; returns once that is durable. What {@code work} throws rolls back and is thrown on.
     *
     * @throws LedgerUnavailableException the database failed
     */
    public <T> T write(Function<Handle, T> work) {
        takeTurn();
        try (Handle handle = writing.open()) {
            return handle.inTransaction(work::apply);
        } catch (JdbiException e) {
            throw Failures.unavailable(e);
        } finally {
            endTurn();
        }
    }

    /** A connection of its own, that the pools do not know, with autocommit on. */
    public Connection openWriter() throws SQLException {
        return switch (dialect()) {
            case SQLITE -> Sqlite.connect(settings);
            case POSTGRESQL -> Postgresql.connect(settings);
        };
    }

    /**
     * A pool of its own, of connections that are not the ledger's; to be closed by whoever asked.
     *
     * @param patience how long to wait for a connection
     * @param initSql runs on each new one
     */
    public HikariDataSource openPool(String name, int connectionsMax, Duration patience, String initSql) {
        return switch (dialect()) {
            case SQLITE -> throw new IllegalStateException("SQLite has one writer");
            case POSTGRESQL -> Postgresql.pool(settings, name, connectionsMax, patience, initSql);
        };
    }

    /** Waits until this thread may write; to be followed by {@link #endTurn}. PostgreSQL has as many writers as it likes. */
    public void takeTurn() {
        if (dialect() == Dialect.SQLITE) {
            turn.lock();
        }
    }

    /** Lets the next one write. */
    public void endTurn() {
        if (dialect() == Dialect.SQLITE) {
            turn.unlock();
        }
    }

    /**
     * This process's number: no other process that has opened this ledger has it. It is taken when it is first asked for, in a transaction
     * of its own: processes that make no rows take none.
     *
     * @throws LedgerUnavailableException all numbers are taken, or the database failed
     */
    public long processNumber() {
        if (processNumber == 0) {
            registration.lock();
            try {
                if (processNumber == 0) {
                    processNumber = register();
                }
            } finally {
                registration.unlock();
            }
        }
        return processNumber;
    }

    private long register() {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("a process takes its number before the transaction that needs it");
        }
        return write(handle -> {
            long number = handle.createQuery("insert into process (opened_at) values (:now) returning id")
                    .bind("now", System.currentTimeMillis())
                    .mapTo(Long.class)
                    .one();
            if (number > PROCESSES_MAX) {
                throw new LedgerUnavailableException(
                        "the ledger " + settings + " has given " + PROCESSES_MAX
                                + " servers and commands a number, and has no more: its accounts have to go on in a new ledger");
            }
            return number;
        });
    }

    /** Counts the rows that this process makes, from 1. */
    public long nextRow() {
        return rows.incrementAndGet();
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
