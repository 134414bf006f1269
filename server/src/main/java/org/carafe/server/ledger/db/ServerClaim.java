package org.carafe.server.ledger.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Says that this process's server lives, in a way that ends with the process however it ends, and asks the same of others. Used by one
 * thread at a time.
 */
public sealed interface ServerClaim extends AutoCloseable {
    /** True if the process with that number is known to be gone; its requests are nobody's then. */
    boolean isGone(long processNumber);

    /** Looks after the claim itself; to be called now and then. */
    void renew();

    @Override
    void close();

    /**
     * Claims.
     *
     * @throws LedgerUnavailableException one line: another server has this SQLite ledger open
     */
    static ServerClaim of(Database database) {
        return switch (database.dialect()) {
            case SQLITE -> OfDirectory.claim(database);
            case POSTGRESQL -> new OfDatabase(database);
        };
    }

    /** SQLite: one server a directory, held by a lock on a file; all others are gone. */
    final class OfDirectory implements ServerClaim {
        private final FileChannel file;
        private final long own;

        private OfDirectory(FileChannel file, long own) {
            this.file = file;
            this.own = own;
        }

        private static OfDirectory claim(Database database) {
            Path path = database.settings().data().resolve("carafe.lock");
            try {
                FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                boolean locked;
                try {
                    locked = file.tryLock() != null;
                } catch (OverlappingFileLockException e) {
                    locked = false; // this very process
                }
                if (!locked) {
                    file.close();
                    throw new LedgerUnavailableException("another server uses the data directory "
                            + database.settings().data()
                            + "; give each its own, or let them share a PostgreSQL by --db");
                }
                return new OfDirectory(file, database.processNumber());
            } catch (IOException e) {
                throw new LedgerUnavailableException("cannot lock " + path + ": " + e.getMessage(), e);
            }
        }

        @Override
        public boolean isGone(long processNumber) {
            return processNumber != own;
        }

        @Override
        public void renew() {}

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new IllegalStateException("closing a lock failed", e);
            }
        }
    }

    /** PostgreSQL: an advisory lock on the process's number, which its session holds; sessions end with their processes. */
    final class OfDatabase implements ServerClaim {
        /** Of all advisory locks, those of ours. */
        private static final int SPACE = 0x43617266;

        private static final int VALID_SECONDS = 2;
        /** After its own session broke: if the database began anew, others are coming back too. */
        private static final long PATIENCE_NANOS = 5_000_000_000L;

        private final Database database;
        private @Nullable Connection connection;
        /** Of {@link #connection}. A session that broke may live on in the server for a while, and holds the lock until then. */
        private boolean locked;
        /** By the system's nanosecond clock. */
        private long judgesFromNanos = System.nanoTime();

        private OfDatabase(Database database) {
            this.database = database;
            try {
                connect();
            } catch (SQLException e) {
                throw Failures.unavailable(e);
            }
        }

        private void connect() throws SQLException {
            Connection open = database.openWriter();
            connection = open;
            locked = lock(open, database.processNumber());
        }

        private static boolean lock(Connection open, long processNumber) throws SQLException {
            return ask(open, "select pg_try_advisory_lock(?, ?)", processNumber);
        }

        private static boolean ask(Connection open, String sql, long processNumber) throws SQLException {
            try (PreparedStatement statement = open.prepareStatement(sql)) {
                statement.setInt(1, SPACE);
                statement.setInt(2, Math.toIntExact(processNumber));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getBoolean(1);
                }
            }
        }

        @Override
        public boolean isGone(long processNumber) {
            if (processNumber == database.processNumber()) {
                return false;
            }
            Connection open = connection;
            if (open == null || System.nanoTime() - judgesFromNanos < 0) {
                return false;
            }
            try {
                boolean free = lock(open, processNumber);
                if (free) {
                    ask(open, "select pg_advisory_unlock(?, ?)", processNumber);
                }
                return free;
            } catch (SQLException e) {
                throw Failures.unavailable(e);
            }
        }

        @Override
        public void renew() {
            try {
                Connection open = connection;
                if (open == null || !open.isValid(VALID_SECONDS)) {
                    judgesFromNanos = System.nanoTime() + PATIENCE_NANOS;
                    close();
                    connect();
                } else if (!locked) {
                    locked = lock(open, database.processNumber());
                }
            } catch (SQLException e) {
                throw Failures.unavailable(e);
            }
        }

        @Override
        public void close() {
            Connection open = connection;
            connection = null;
            locked = false;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException e) {
                    throw Failures.unavailable(e);
                }
            }
        }
    }
}
