package org.carafe.server.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.ledger.db.Dialect;

/** The writer's connection with the statements that it has prepared. Used by one thread. */
final class Statements implements AutoCloseable {
    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    /** @param connection with autocommit on: transactions are begun by hand, as SQLite's driver begins the next with each commit */
    Statements(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Begins a transaction that writes. */
    void begin() throws SQLException {
        execute(dialect.begin());
    }

    void commit() throws SQLException {
        execute("commit");
    }

    void rollback() throws SQLException {
        execute("rollback");
    }

    private void execute(String sql) throws SQLException {
        of(sql).execute();
    }

    PreparedStatement of(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    /**
     * A statement over a list of ids: {@code %s} becomes as many parameters as the next power of two, so that few shapes are prepared; the
     * last id fills up.
     */
    PreparedStatement in(String sql, List<Long> ids) throws SQLException {
        int count = Integer.highestOneBit(Math.max(1, ids.size() * 2 - 1));
        PreparedStatement statement = of(sql.formatted("?,".repeat(count - 1) + "?"));
        for (int i = 0; i < count; i++) {
            statement.setLong(i + 1, ids.get(Math.min(i, ids.size() - 1)));
        }
        return statement;
    }

    /** All that was prepared so far, as text. */
    Set<String> texts() {
        return Set.copyOf(prepared.keySet());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
