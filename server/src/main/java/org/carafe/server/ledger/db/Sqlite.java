package org.carafe.server.ledger.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** SQLite as the ledger wants it: WAL, every commit on the disk before it returns. */
final class Sqlite {
    /** How long another process may write before we fail. */
    private static final int BUSY_MILLIS = 5_000;

    private static final int READERS = 4;
    /** Smaller files are looked through at each start; larger ones show their damage when it is met. */
    private static final long CHECKED_BYTES_MAX = 32L << 20;

    private Sqlite() {}

    /** Makes the directory, and finds out whether the file is a database that is whole. */
    static void check(DatabaseSettings settings) {
        Path file = settings.file();
        try {
            makeDirectory(settings.data());
            makeFile(file);
            boolean small = Files.notExists(file) || Files.size(file) <= CHECKED_BYTES_MAX;
            try (Connection connection = connect(settings);
                    Statement statement = connection.createStatement()) {
                String found = statement
                        .executeQuery(
                                small ? "pragma quick_check(1)" : "select 'ok' from sqlite_schema union select 'ok'")
                        .getString(1);
                if (!found.equals("ok")) {
                    throw new LedgerUnavailableException("cannot open the ledger " + file
                            + ": the file is damaged; restore it from a backup ("
                            + found.lines().findFirst().orElse("")
                            + ")");
                }
                // Whether it can be written to, found out where one line says why not.
                statement.execute("begin immediate");
                statement.execute("rollback");
            }
        } catch (AccessDeniedException e) {
            throw new LedgerUnavailableException("cannot open the ledger " + file + ": no right to write there", e);
        } catch (IOException e) {
            throw new LedgerUnavailableException("cannot open the ledger " + file + ": " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new LedgerUnavailableException("cannot open the ledger " + file + ": " + Failures.reason(e), e);
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        // Balances, digests and, unless told otherwise, the master key: nobody else's business.
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Empty, for its owner only: whoever made the directory before may have let everybody in. SQLite gives its log the same rights. */
    private static void makeFile(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // It stays as it is.
        }
    }

    static HikariDataSource readers(DatabaseSettings settings) {
        SQLiteConfig config = config();
        config.setTransactionMode(TransactionMode.DEFERRED);
        HikariConfig pool = pool(settings, config, "ledger-readers");
        pool.setMaximumPoolSize(READERS);
        pool.setConnectionInitSql("pragma query_only = on");
        return new HikariDataSource(pool);
    }

    static HikariDataSource writers(DatabaseSettings settings) {
        HikariConfig pool = pool(settings, config(), "ledger-writer");
        pool.setMaximumPoolSize(1);
        return new HikariDataSource(pool);
    }

    private static HikariConfig pool(DatabaseSettings settings, SQLiteConfig config, String name) {
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(dataSource(settings, config));
        pool.setPoolName(name);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(BUSY_MILLIS);
        // Made when needed: a start does not wait for connections that it does not use.
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    static Connection connect(DatabaseSettings settings) throws SQLException {
        return dataSource(settings, config()).getConnection();
    }

    private static SQLiteDataSource dataSource(DatabaseSettings settings, SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + settings.file().toAbsolutePath());
        return source;
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(true);
        // A transaction that reads first and then writes would otherwise find the lock taken half-way.
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(64 << 20));
        config.setPragma(SQLiteConfig.Pragma.CACHE_SIZE, "-16000");
        return config;
    }
}
