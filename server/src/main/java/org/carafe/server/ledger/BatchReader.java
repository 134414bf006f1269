package org.carafe.server.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.carafe.server.ledger.AccountState.KeyState;
import org.carafe.server.ledger.db.Dialect;

/** Reads what a transaction's acts are about. Locks the accounts first, in the order of their ids: no two servers wait for each other. */
final class BatchReader {
    private final Statements statements;
    private final TermsCache terms;
    private final Dialect dialect;

    BatchReader(Statements statements, TermsCache terms, Dialect dialect) {
        this.statements = statements;
        this.terms = terms;
        this.dialect = dialect;
    }

    /** States by account; each with those of its keys that are named. */
    Map<Long, AccountState> read(Collection<Long> accountIds, Collection<Long> keyIds) throws SQLException {
        Map<Long, AccountState> accounts = new HashMap<>();
        List<Long> ids = new ArrayList<>(new TreeSet<>(accountIds));
        if (ids.isEmpty()) {
            return accounts;
        }
        Map<Long, MeterState> meters = meters(ids);
        Map<Long, List<FundState>> funds = funds(ids);
        for (long id : ids) {
            MeterState meter = meters.get(id);
            if (meter == null) {
                throw new IllegalStateException("account " + id + " has no meter");
            }
            accounts.put(
                    id, new AccountState(id, terms.account(statements, id), meter, funds.getOrDefault(id, List.of())));
        }
        keys(new ArrayList<>(new TreeSet<>(keyIds)), accounts);
        for (AccountState account : accounts.values()) {
            if (isLimited(account)) {
                account.openByMeter = open(account.id);
            }
        }
        return accounts;
    }

    private static boolean isLimited(AccountState account) {
        return account.terms.concurrentMax() != null
                || account.keys.values().stream().anyMatch(key -> key.terms().concurrentMax() != null);
    }

    private Map<Long, MeterState> meters(List<Long> ids) throws SQLException {
        Map<Long, MeterState> meters = new HashMap<>();
        String sql = "select account_id, " + MeterState.COLUMNS
                + " from account_meter where account_id in (%s) order by account_id" + dialect.forUpdate();
        try (ResultSet row = statements.in(sql, ids).executeQuery()) {
            while (row.next()) {
                meters.put(row.getLong(1), MeterState.read(row, 2, 0));
            }
        }
        return meters;
    }

    private Map<Long, List<FundState>> funds(List<Long> ids) throws SQLException {
        Map<Long, List<FundState>> funds = new HashMap<>();
        String sql = """
                select account_id, id, kind, balance_micros, held_micros, overdraft_micros, period
                from fund where account_id in (%s)""";
        try (ResultSet row = statements.in(sql, ids).executeQuery()) {
            while (row.next()) {
                FundKind kind = FundKind.valueOf(row.getString(3).toUpperCase(Locale.ROOT));
                funds.computeIfAbsent(row.getLong(1), id -> new ArrayList<>())
                        .add(new FundState(
                                row.getLong(2), kind, row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7)));
            }
        }
        return funds;
    }

    private void keys(List<Long> ids, Map<Long, AccountState> accounts) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        Map<Long, MeterState> meters = new HashMap<>();
        Set<Long> meterIds = new TreeSet<>();
        for (long id : ids) {
            meterIds.add(terms.key(statements, id).meterId());
        }
        readKeyMeters(new ArrayList<>(meterIds), meters);
        for (long id : ids) {
            Terms.OfKey keyTerms = terms.key(statements, id);
            AccountState account = accounts.get(keyTerms.accountId());
            MeterState meter = meters.get(keyTerms.meterId());
            if (account != null && meter != null) {
                account.keys.put(id, new KeyState(id, keyTerms, meter));
                account.keyMeters.put(keyTerms.meterId(), meter);
            }
        }
    }

    private void readKeyMeters(List<Long> ids, Map<Long, MeterState> meters) throws SQLException {
        String sql = "select key_id, held_micros, " + MeterState.COLUMNS + " from key_meter where key_id in (%s)";
        try (ResultSet row = statements.in(sql, ids).executeQuery()) {
            while (row.next()) {
                meters.put(row.getLong(1), MeterState.read(row, 3, row.getLong(2)));
            }
        }
    }

    private Map<Long, Long> open(long accountId) throws SQLException {
        Map<Long, Long> open = new HashMap<>();
        var select = statements.of(
                "select key_id, count(*) from request where status = 0 and account_id = ? group by key_id");
        select.setLong(1, accountId);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                open.merge(terms.key(statements, row.getLong(1)).meterId(), row.getLong(2), Long::sum);
            }
        }
        return open;
    }
}
