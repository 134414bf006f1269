package org.carafe.server.limits;

import java.net.URI;
import java.net.URISyntaxException;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;

/** Where the limits of a minute are counted: {@code --limits}. One server counts for itself; several need a place that they share. */
public sealed interface LimitsPlace {
    /** {@code local}: in this process. */
    record Local() implements LimitsPlace {}

    /** {@code database}: in the ledger's PostgreSQL. */
    record InDatabase() implements LimitsPlace {}

    /**
     * {@code redis://HOST:PORT}.
     *
     * @param url may hold a password; never shown
     */
    record InRedis(String url) implements LimitsPlace {
        @Override
        public String toString() {
            return "redis";
        }
    }

    /**
     * Reads what a user wrote.
     *
     * @throws IllegalArgumentException one line that says what is allowed
     */
    static LimitsPlace parse(String text) {
        if (text.equals("local")) {
            return new Local();
        }
        if (text.equals("database")) {
            return new InDatabase();
        }
        if (text.startsWith("redis://") || text.startsWith("rediss://")) {
            try {
                if (new URI(text).getHost() != null) {
                    return new InRedis(text);
                }
            } catch (URISyntaxException e) {
                // Falls through; the text may hold a password and is not repeated.
            }
            throw new IllegalArgumentException("--limits redis://HOST:PORT: that is no such address");
        }
        throw new IllegalArgumentException("--limits must be local, database or redis://HOST:PORT");
    }

    /**
     * Opens it.
     *
     * @throws IllegalArgumentException one line for the user: the ledger is no PostgreSQL, or nobody answers
     */
    default MinuteLimits open(Database ledger) {
        return switch (this) {
            case Local() -> BucketLimits.local();
            case InDatabase() -> {
                if (ledger.dialect() != Dialect.POSTGRESQL) {
                    throw new IllegalArgumentException("--limits database needs a ledger in PostgreSQL: --db"
                            + " jdbc:postgresql://...; several servers do not share an SQLite file");
                }
                yield BucketLimits.database(ledger);
            }
            case InRedis(String url) -> BucketLimits.redis(url);
        };
    }
}
