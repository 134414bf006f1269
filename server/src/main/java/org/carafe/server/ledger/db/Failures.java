package org.carafe.server.ledger.db;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a database's exceptions mean, in words for people. */
public final class Failures {
    private static final int TEXT_CHARS_MAX = 300;

    private Failures() {}

    /** The same as an error of the ledger. */
    public static LedgerUnavailableException unavailable(Throwable thrown) {
        return new LedgerUnavailableException("the ledger's database failed: " + reason(thrown), thrown);
    }

    /** Whether the database refused what was to be written, by a constraint or as no value of its type, and works otherwise. */
    public static boolean isAboutValues(SQLException refused) {
        String state = String.valueOf(refused.getSQLState());
        // Classes of SQL: data exceptions, integrity constraints. SQLite's driver has no states.
        return state.startsWith("22")
                || state.startsWith("23")
                || String.valueOf(refused.getMessage()).contains("SQLITE_CONSTRAINT");
    }

    /** One line. */
    public static String reason(Throwable thrown) {
        Throwable root = thrown;
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            root = at;
            if (at instanceof SQLException sql) {
                String known = known(sql);
                if (known != null) {
                    return known;
                }
            }
        }
        String text = String.valueOf(root.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) + "…" : text;
    }

    private static @Nullable String known(SQLException e) {
        String text = String.valueOf(e.getMessage());
        // The second: no room for the index of the log, which is the first file to grow at a start.
        if (text.contains("SQLITE_FULL") || text.contains("SQLITE_IOERR_SHMSIZE")) {
            return "the disk is full";
        }
        if (text.contains("SQLITE_BUSY") || text.contains("SQLITE_LOCKED")) {
            return "another process has locked it";
        }
        if (text.contains("SQLITE_NOTADB")) {
            return "the file is not an SQLite database";
        }
        if (text.contains("SQLITE_CORRUPT")) {
            return "the file is damaged; restore it from a backup";
        }
        if (text.contains("SQLITE_READONLY")) {
            return "the file cannot be written";
        }
        if (text.contains("SQLITE_IOERR")) {
            return "the disk failed (" + text + ")";
        }
        return null;
    }
}
