package org.carafe.server.ledger.db;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the ledger is.
 *
 * @param data directory of this server's own files; holds {@code carafe.db} where there is no {@code url}
 * @param url {@code jdbc:postgresql://...}; null: SQLite
 */
public record DatabaseSettings(Path data, @Nullable String url) {
    private static final String POSTGRESQL = "jdbc:postgresql:";

    /** Checks the URL. */
    public DatabaseSettings {
        if (url != null && !url.startsWith(POSTGRESQL)) {
            // Without the rest: it may hold a password.
            throw new IllegalArgumentException("--db must begin with " + POSTGRESQL + "//");
        }
    }

    /** SQLite in a directory. */
    public static DatabaseSettings sqlite(Path data) {
        return new DatabaseSettings(data, null);
    }

    /** The SQLite file. */
    public Path file() {
        return data.resolve("carafe.db");
    }

    Dialect dialect() {
        return url == null ? Dialect.SQLITE : Dialect.POSTGRESQL;
    }

    /** Without a password that may stand in the URL. */
    @Override
    public String toString() {
        if (url == null) {
            return file().toString();
        }
        int query = url.indexOf('?');
        String shown = query < 0 ? url : url.substring(0, query);
        return shown.replaceAll("//[^/@]*@", "//");
    }
}
