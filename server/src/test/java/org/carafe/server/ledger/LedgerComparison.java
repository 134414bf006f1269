package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.ledger.SimulatedLedger.Account;

/** That the real ledger has what its model has. */
final class LedgerComparison {
    private final LedgerUnderTest ledger;
    private final SimulatedLedger model;

    LedgerComparison(Simulation simulation) {
        this.ledger = simulation.real();
        this.model = simulation.model();
    }

    void compare(Account account) {
        Map<String, String> real = new TreeMap<>();
        ledger.database().read(handle -> {
            handle.select("select kind, balance_micros, held_micros from fund where account_id = ?", account.id)
                    .map((row, context) -> real.put(row.getString(1), row.getLong(2) + " held " + row.getLong(3)))
                    .list();
            return null;
        });
        Map<String, String> expected = new TreeMap<>();
        put(expected, "prepaid", account.prepaid, true);
        put(expected, "monthly", account.monthly, account.monthly.allowance != null);
        put(expected, "daily", account.daily, account.daily.allowance != null);
        assertThat(real).as(account.name).isEqualTo(expected);
        assertThat(account.available()).as("law 2").isNotNegative();
    }

    private static void put(Map<String, String> funds, String kind, SimulatedLedger.Fund fund, boolean exists) {
        if (exists) {
            funds.put(kind, fund.balance + " held " + fund.held);
        }
    }

    void compareAll() {
        model.accounts.forEach(this::compare);
        assertThat(model.sum()).isZero();
        assertThat(ledger.number("select balance_micros from fund where kind = 'earned'"))
                .isEqualTo(model.earned);
        assertThat(ledger.number("select balance_micros from fund where kind = 'issued'"))
                .isEqualTo(model.issued);
        Map<String, String> real = new TreeMap<>();
        ledger.database()
                .read(handle -> handle.select(
                                "select day, key_id, requests, prompt_tokens, cached_tokens, completion_tokens, cost_micros from usage_day")
                        .map((row, context) -> real.put(
                                row.getLong(1) + "/" + row.getLong(2),
                                row.getLong(3) + " " + row.getLong(4) + " " + row.getLong(5) + " " + row.getLong(6)
                                        + " " + row.getLong(7)))
                        .list());
        Map<String, String> expected = new TreeMap<>();
        model.usage.forEach(
                (name, row) -> expected.put(name, row[0] + " " + row[1] + " " + row[2] + " " + row[3] + " " + row[4]));
        assertThat(real).isEqualTo(expected);
        model.keys()
                .values()
                .forEach(key -> assertThat(ledger.number("select spent_micros from key_meter where key_id = ?", key.id))
                        .isEqualTo(key.spent));
        assertThat(LedgerAudit.verify(ledger.database())).isEmpty();
    }
}
