package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.carafe.server.proof.LedgerRows.Row;

/** The laws of a ledger at rest, by sums of its rows that share nothing with Carafe's own. */
final class Books {
    private Books() {}

    /** Of a ledger with one account, or several with prepaid credits alone. */
    static void assertRight(LedgerRows ledger, long toppedUpMicros, String when) throws SQLException {
        long cost = ledger.requests().values().stream()
                .flatMap(List::stream)
                .mapToLong(Row::costMicros)
                .sum();
        assertThat(ledger.number("select count(*) from request where status = 0"))
                .as("open holds, " + when)
                .isZero();
        assertThat(ledger.number("select sum(held_micros) from fund"))
                .as("held, " + when)
                .isZero();
        assertThat(ledger.number("select sum(held_micros) from key_meter"))
                .as("held by keys, " + when)
                .isZero();
        assertThat(ledger.number("select sum(balance_micros) from fund where kind = 'prepaid'"))
                .as("balance, " + when)
                .isEqualTo(toppedUpMicros - cost);
        assertThat(ledger.number("select balance_micros from fund where kind = 'earned'"))
                .as("earned, " + when)
                .isEqualTo(cost);
        assertThat(ledger.number("select sum(balance_micros) from fund"))
                .as("all funds, " + when)
                .isZero();
        assertThat(ledger.number("""
                        select count(*) from fund f where balance_micros <>
                            (select coalesce(sum(amount_micros), 0) from ledger_entry where fund_id = f.id)"""))
                .as("balances that are not their entries, " + when)
                .isZero();
        assertThat(ledger.number("""
                        select count(*) from (
                            select transaction_id from ledger_entry group by transaction_id having sum(amount_micros) <> 0
                        ) as unbalanced"""))
                .as("transactions that do not sum to zero, " + when)
                .isZero();
        assertThat(ledger.number("select coalesce(sum(cost_micros), 0) from usage_day"))
                .as("usage, " + when)
                .isEqualTo(cost);
        assertThat(ledger.number("select coalesce(sum(spent_micros), 0) from key_meter"))
                .as("spent by keys, " + when)
                .isEqualTo(cost);
    }
}
