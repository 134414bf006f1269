package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.StatementEntry;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/**
 * A page of an account's statement, newest first.
 *
 * @param nextCursor asks for the next page; null: this was the last
 */
public record StatementView(List<Entry> entries, @Nullable String nextCursor) {
    /**
     * One movement; the amount is credits.
     *
     * @param id of the transaction; those that took from several funds have an entry of each
     */
    public record Entry(
            String id,
            Instant at,
            String kind,
            String fund,
            BigDecimal amount,
            @Nullable String reverses,
            @Nullable String reason,
            @Nullable String actor) {}

    /** The entry after which a page begins. */
    record Place(long at, long transactionId, String fund) {
        static final Place NEWEST = new Place(Long.MAX_VALUE, Long.MAX_VALUE, "");

        static Place parse(String cursor) {
            String[] parts = cursor.split("\\.", -1);
            if (parts.length == 3 && parts[2].matches("[a-z]{1,20}")) {
                try {
                    return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
                } catch (NumberFormatException e) {
                    throw Check.badCursor(cursor);
                }
            }
            throw Check.badCursor(cursor);
        }
    }

    static StatementView of(List<StatementEntry> entries, int rows) {
        String next = null;
        if (entries.size() == rows) {
            StatementEntry last = entries.getLast();
            next = last.at().toEpochMilli() + "." + last.transactionId() + "." + last.fund();
        }
        return new StatementView(entries.stream().map(StatementView::entry).toList(), next);
    }

    private static Entry entry(StatementEntry entry) {
        Long reverses = entry.reverses();
        return new Entry(
                Long.toString(entry.transactionId()),
                entry.at(),
                entry.kind(),
                entry.fund(),
                Credits.of(entry.amountMicros()),
                reverses == null ? null : Long.toString(reverses),
                entry.reason(),
                entry.actor());
    }
}
