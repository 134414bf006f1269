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
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that this process's server lives, in a way that ends with the process however it ends, and asks the same of others. Used by one
 * thread at a time.
 */
public sealed interface ServerClaim extends AutoCloseable {
    /**
     * True if the process with that number is known to be gone; its requests are nobody's then. To be asked every second or so: one that
     * only seems to be gone is watched from its first question on.
     */
    boolean isGone(long processNumber);

    /** Whether one of those asked about seems to be gone, and is not known to be. */
    boolean isWatching();

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
            case POSTGRESQL -> new OfDatabase(database, System::nanoTime);
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
        public boolean isWatching() {
            return false;
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

    /**
     * PostgreSQL: an advisory lock on the process's number, which its session holds; sessions end with their processes. A session that was
     * cut off (by a failover, an administrator, a firewall) is not yet the end of its process, which has a new one within a second: gone is
     * who said good-bye, or was seen without the lock again and again for {@link #ABSENCE_NANOS}.
     */
    final class OfDatabase implements ServerClaim {
        /** Of all advisory locks, those of ours. */
        private static final int SPACE = 0x43617266;

        private static final Logger LOG = LoggerFactory.getLogger(OfDatabase.class);

        private static final int VALID_SECONDS = 2;
        /** After its own session broke: if the database began anew, others are coming back too. */
        private static final long PATIENCE_NANOS = 5_000_000_000L;

        /** Three times what a process that lives needs to be back. */
        static final long ABSENCE_NANOS = 3_000_000_000L;

        /** Two looks farther apart say nothing about the time between them. */
        static final long LOOKS_APART_NANOS_MAX = 5_000_000_000L;

        private final Database database;
        private final LongSupplier nanoClock;
        private final Map<Long, Absence> absences = new HashMap<>();
        private @Nullable Connection connection;
        /** Of {@link #connection}. A session that broke may live on in the server for a while, and holds the lock until then. */
        private boolean locked;

        private long judgesFromNanos;

        /** Of a process's lock. */
        private record Absence(long sinceNanos, long seenNanos) {
            boolean isLong() {
                return seenNanos - sinceNanos >= ABSENCE_NANOS;
            }
        }

        OfDatabase(Database database, LongSupplier nanoClock) {
            this.database = database;
            this.nanoClock = nanoClock;
            this.judgesFromNanos = nanoClock.getAsLong();
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
            mark(open, "update process set closed_at = null where id = ? and closed_at is not null");
        }

        private void mark(Connection open, String sql) throws SQLException {
            try (PreparedStatement statement = open.prepareStatement(sql)) {
                statement.setLong(1, database.processNumber());
                statement.execute();
            }
        }

        private static boolean saidGoodBye(Connection open, long processNumber) throws SQLException {
            try (PreparedStatement statement =
                    open.prepareStatement("select 1 from process where id = ? and closed_at is not null")) {
                statement.setLong(1, processNumber);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
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
            long now = nanoClock.getAsLong();
            if (open == null || now - judgesFromNanos < 0) {
                return false;
            }
            try {
                boolean free = lock(open, processNumber);
                if (free) {
                    ask(open, "select pg_advisory_unlock(?, ?)", processNumber);
                }
                if (!free) {
                    absences.remove(processNumber);
                    return false;
                }
                if (saidGoodBye(open, processNumber)) {
                    return true;
                }
                return absences.merge(
                                processNumber,
                                new Absence(now, now),
                                (before, seen) -> now - before.seenNanos() > LOOKS_APART_NANOS_MAX
                                        ? seen
                                        : new Absence(before.sinceNanos(), now))
                        .isLong();
            } catch (SQLException e) {
                throw Failures.unavailable(e);
            }
        }

        @Override
        public boolean isWatching() {
            return absences.values().stream().anyMatch(absence -> !absence.isLong());
        }

        @Override
        public void renew() {
            long now = nanoClock.getAsLong();
            absences.values().removeIf(absence -> now - absence.seenNanos() > LOOKS_APART_NANOS_MAX);
            try {
                Connection open = connection;
                if (open == null || !open.isValid(VALID_SECONDS)) {
                    judgesFromNanos = now + PATIENCE_NANOS;
                    absences.clear();
                    disconnect();
                    connect();
                } else if (!locked) {
                    locked = lock(open, database.processNumber());
                }
            } catch (SQLException e) {
                throw Failures.unavailable(e);
            }
        }

        /** What it leaves is anybody's at once: nobody needs to wait whether it comes back. */
        @Override
        public void close() {
            Connection open = connection;
            if (open != null) {
                try {
                    mark(
                            open,
                            "update process set closed_at = cast(1000 * extract(epoch from now()) as bigint) where id = ?");
                } catch (SQLException e) {
                    LOG.debug("a server ends without saying so", e);
                }
            }
            disconnect();
        }

        private void disconnect() {
            Connection open = connection;
            connection = null;
            locked = false;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException e) {
                    LOG.debug("closing a session failed", e);
                }
            }
        }
    }
}
