package org.carafe.server.admin;

import java.time.LocalDate;
import java.util.List;
import org.carafe.server.accounts.UsageBy;
import org.jspecify.annotations.Nullable;

/** What was used, and what administrators did. */
public final class Reports {
    /** Rows of a usage report; more need narrower days. */
    private static final int USAGE_ROWS_MAX = 10_000;

    private final ActContext context;

    Reports(ActContext context) {
        this.context = context;
    }

    /**
     * Sums of ended requests, equal to the ledger's; days are UTC.
     *
     * @param account null: of all accounts
     * @param from the first day; null: the first there is
     * @param to the last day; null: the last there is
     */
    public List<UsageView> usage(
            UsageBy by, @Nullable String account, @Nullable LocalDate from, @Nullable LocalDate to) {
        long first = from == null ? 0 : from.toEpochDay();
        long last = to == null ? Integer.MAX_VALUE : to.toEpochDay();
        if (first > last) {
            throw ActException.invalid("the first day, " + from + ", is after the last, " + to);
        }
        return context.read(tables -> {
            Long accountId = Find.accountIdOrNull(tables, account);
            return tables.usage().report(by, accountId, first, last, USAGE_ROWS_MAX).stream()
                    .map(row -> UsageView.of(by, row))
                    .toList();
        });
    }

    /**
     * Acts of administrators, newest first.
     *
     * @param cursor {@link AuditView#nextCursor} of the page before; null: from the newest
     */
    public AuditView audit(@Nullable String cursor, int limit) {
        int rows = Check.rows(limit);
        long before = cursor == null ? Long.MAX_VALUE : entryId(cursor);
        return context.read(tables -> AuditView.of(tables.audit().list(before, rows), rows));
    }

    private static long entryId(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw Check.badCursor(cursor);
        }
    }
}
