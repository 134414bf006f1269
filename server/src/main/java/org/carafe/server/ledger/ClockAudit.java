package org.carafe.server.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.ledger.db.Database;

/**
 * Finds what a clock that was ahead has left: allowances of a period that is far off, which are not renewed until then, and limits of a
 * day that is. Nothing of it breaks a law of the ledger: these are warnings, no findings of an audit.
 */
public final class ClockAudit {
    /** How far clocks of servers may be apart: one that is a little ahead is in the next period already. */
    private static final Duration APART_MAX = Duration.ofDays(1);

    private static final String FUNDS = """
            select a.name, f.kind, f.period from fund f join account a on a.id = f.account_id
            where (f.kind = 'daily' and f.period > :day) or (f.kind = 'monthly' and f.period > :month)
            order by f.id limit :rows
            """;
    private static final String KEYS = """
            select k.public_id, m.day from key_meter m join api_key k on k.id = m.key_id where m.day > :day
            order by m.key_id limit :rows
            """;
    private static final String ACCOUNTS = """
            select a.name, m.day from account_meter m join account a on a.id = m.account_id where m.day > :day
            order by m.account_id limit :rows
            """;

    private ClockAudit() {}

    /** Whether a day is farther ahead than clocks of servers are apart. */
    static boolean isDayAhead(long day, Instant now) {
        return day > Periods.day(now.plus(APART_MAX));
    }

    /** The same of a month. */
    static boolean isMonthAhead(long month, Instant now) {
        return month > Periods.month(now.plus(APART_MAX));
    }

    /** What there is, in words, at most {@value LedgerAudit#FINDINGS_MAX} of each kind; {@code now} is the true time. */
    public static List<String> warnings(Database database, Instant now) {
        long day = Periods.day(now.plus(APART_MAX));
        long month = Periods.month(now.plus(APART_MAX));
        return database.read(handle -> {
            List<String> warnings = new ArrayList<>();
            handle.createQuery(FUNDS)
                    .bind("day", day)
                    .bind("month", month)
                    .bind("rows", LedgerAudit.FINDINGS_MAX)
                    .map((row, context) ->
                            "the " + row.getString("kind") + " allowance of account '" + row.getString("name")
                                    + "' is that of " + begins(row.getString("kind"), row.getLong("period")))
                    .forEach(warnings::add);
            handle.createQuery(KEYS)
                    .bind("day", day)
                    .bind("rows", LedgerAudit.FINDINGS_MAX)
                    .map((row, context) -> ofDay("key " + row.getString("public_id"), row.getLong("day")))
                    .forEach(warnings::add);
            handle.createQuery(ACCOUNTS)
                    .bind("day", day)
                    .bind("rows", LedgerAudit.FINDINGS_MAX)
                    .map((row, context) -> ofDay("account '" + row.getString("name") + "'", row.getLong("day")))
                    .forEach(warnings::add);
            return warnings;
        });
    }

    private static String ofDay(String whose, long day) {
        return "what " + whose + " used of its limits of a day is that of " + LocalDate.ofEpochDay(day);
    }

    private static String begins(String kind, long period) {
        return LocalDate.ofInstant(
                        kind.equals("daily") ? Periods.startOfDay(period) : Periods.startOfMonth(period),
                        ZoneOffset.UTC)
                .toString();
    }
}
