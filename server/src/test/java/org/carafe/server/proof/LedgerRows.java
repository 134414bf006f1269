package org.carafe.server.proof;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is in a ledger, read past Carafe by plain SQL. */
final class LedgerRows {
    private final String url;

    LedgerRows(String url) {
        this.url = url;
    }

    /** A request. */
    record Row(
            String requestId,
            int status,
            long promptTokens,
            long cachedTokens,
            long completionTokens,
            long costMicros) {
        static final int OPEN = 0;
        static final int POSTED = 1;
        static final int VOIDED = 2;
        static final int EXPIRED = 3;
    }

    /** All requests by their ids. */
    Map<String, List<Row>> requests() throws SQLException {
        Map<String, List<Row>> rows = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select request_id, status, prompt_tokens, cached_tokens, completion_tokens, cost_micros from request""")) {
            while (row.next()) {
                rows.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(new Row(
                                row.getString(1),
                                row.getInt(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6)));
            }
        }
        return rows;
    }

    long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
