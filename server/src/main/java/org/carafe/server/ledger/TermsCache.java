package org.carafe.server.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Terms and prices, as long as {@code settings_version} stays the same: it is read inside each transaction, so what is cached is what is
 * committed. Used by the writer's thread.
 */
final class TermsCache {
    private static final int ENTRIES_MAX = 100_000;

    private final Map<Long, Terms.OfAccount> accounts = new HashMap<>();
    private final Map<Long, Terms.OfKey> keys = new HashMap<>();
    private final Map<String, Price> prices = new HashMap<>();
    private long version = -1;

    /** To be called first in each transaction. */
    void refresh(Statements statements) throws SQLException {
        try (ResultSet row =
                statements.of("select version from settings_version").executeQuery()) {
            row.next();
            long now = row.getLong(1);
            if (now != version || accounts.size() + keys.size() + prices.size() > ENTRIES_MAX) {
                clear();
                version = now;
            }
        }
    }

    void clear() {
        accounts.clear();
        keys.clear();
        prices.clear();
        version = -1;
    }

    Terms.OfAccount account(Statements statements, long id) throws SQLException {
        Terms.OfAccount known = accounts.get(id);
        if (known == null) {
            known = readAccount(statements, id);
            accounts.put(id, known);
        }
        return known;
    }

    private static Terms.OfAccount readAccount(Statements statements, long id) throws SQLException {
        PreparedStatement select = statements.of("""
                select a.disabled_at, coalesce(a.monthly_micros, p.monthly_micros), coalesce(a.daily_micros, p.daily_micros),
                    coalesce(a.requests_per_day, p.requests_per_day), coalesce(a.tokens_per_day, p.tokens_per_day),
                    coalesce(a.concurrent_max, p.concurrent_max)
                from account a left join plan p on p.id = a.plan_id
                where a.id = ?
                """);
        select.setLong(1, id);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("no account " + id);
            }
            return new Terms.OfAccount(
                    number(row, 1) != null,
                    number(row, 2),
                    number(row, 3),
                    number(row, 4),
                    number(row, 5),
                    number(row, 6));
        }
    }

    Terms.OfKey key(Statements statements, long id) throws SQLException {
        Terms.OfKey known = keys.get(id);
        if (known == null) {
            known = readKey(statements, id);
            keys.put(id, known);
        }
        return known;
    }

    private static Terms.OfKey readKey(Statements statements, long id) throws SQLException {
        PreparedStatement select = statements.of("""
                select account_id, coalesce(meter_id, id), revoked_at, expires_at, budget_micros, requests_per_day, tokens_per_day,
                    concurrent_max
                from api_key where id = ?
                """);
        select.setLong(1, id);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("no key " + id);
            }
            return new Terms.OfKey(
                    row.getLong(1),
                    row.getLong(2),
                    number(row, 3) != null,
                    number(row, 4),
                    number(row, 5),
                    number(row, 6),
                    number(row, 7),
                    number(row, 8));
        }
    }

    Price price(Statements statements, String model) throws SQLException {
        Price known = prices.get(model);
        if (known == null) {
            known = readPrice(statements, model);
            prices.put(model, known);
        }
        return known;
    }

    private static Price readPrice(Statements statements, String model) throws SQLException {
        PreparedStatement select = statements.of("""
                select id, prompt_micros, cached_micros, completion_micros
                from price where model = ? order by version desc limit 1
                """);
        select.setString(1, model);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Price(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)) : Price.FREE;
        }
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
