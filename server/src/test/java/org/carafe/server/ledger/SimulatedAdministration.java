package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException;
import org.carafe.server.ledger.SimulatedLedger.Account;
import org.jspecify.annotations.Nullable;

/** Acts on accounts, keys and credits, each on the real ledger and on the model. */
final class SimulatedAdministration {
    private final Simulation simulation;
    private final Random random;
    private final LedgerUnderTest real;
    private final SimulatedLedger model;

    SimulatedAdministration(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.real = simulation.real();
        this.model = simulation.model();
    }

    /** A price, and accounts of every kind. */
    void begin() {
        real.acts()
                .prices()
                .set(
                        "test",
                        Simulation.MODEL,
                        SimulatedLedger.PROMPT_MICROS * 1_000_000,
                        SimulatedLedger.CACHED_MICROS * 1_000_000,
                        SimulatedLedger.COMPLETION_MICROS * 1_000_000);
        account("prepaid", null, null, 0, null, null);
        account("monthly", 400_000L, null, 0, null, 300_000L);
        account("daily", null, 90_000L, 0, 3L, null);
        account("both", 300_000L, 50_000L, 5_000, 4L, null);
        account("overdrawn", null, null, 40_000, null, 200_000L);
    }

    private void account(
            String name,
            @Nullable Long monthly,
            @Nullable Long daily,
            long overdraft,
            @Nullable Long concurrent,
            @Nullable Long tokensPerDay) {
        boolean limited = tokensPerDay != null;
        real.acts()
                .accounts()
                .create(
                        "test",
                        name,
                        new AccountSettings(
                                null,
                                ErrorStyle.OPENAI,
                                monthly,
                                daily,
                                overdraft,
                                new Limits(
                                        null, limited ? Simulation.ACCOUNT_TPM : null, null, tokensPerDay, concurrent),
                                null,
                                0,
                                Map.of()));
        Account account = new Account(
                real.number("select id from account where name = ?", name),
                name,
                monthly,
                daily,
                overdraft,
                concurrent,
                tokensPerDay);
        model.accounts.add(account);
        for (int i = 0; i < 3; i++) {
            key(account);
        }
        topUp(account, 300_000);
    }

    private void key(Account account) {
        Long budget = random.nextInt(3) == 0 ? 50_000L + random.nextInt(400_000) : null;
        Long perDay = random.nextInt(3) == 0 ? 200L + random.nextInt(100) : null;
        KeySettings given = new KeySettings(
                "k",
                KeyScope.ALL,
                new Limits(Simulation.RPM, Simulation.TPM, perDay, null, null),
                budget,
                null,
                null,
                Map.of());
        long id = real.makeKey(account.name, given);
        account.keys.add(new SimulatedLedger.Key(id, account, budget, perDay));
    }

    void topUp(Account account, long micros) {
        real.acts().credits().add("test", account.name, micros, "more", null);
        model.topUp(account, micros);
    }

    void takeAway(Account account) {
        long micros = 1L + random.nextInt(200_000);
        boolean covered = model.take(account, micros);
        simulation.count(covered ? "taken away" : "not taken away");
        try {
            real.acts().credits().adjust("test", account.name, -micros, "less", null);
            assertThat(covered).isTrue();
        } catch (ActException e) {
            assertThat(covered).as(e.getMessage()).isFalse();
        }
    }

    /** The last charge of an account: its credits become prepaid ones. */
    void reverseCharge(Account account) {
        long id = real.number("""
                select coalesce(max(t.id), 0) from ledger_transaction t where t.account_id = ? and t.kind = 'charge'
                and not exists (select 1 from ledger_transaction r where r.reverses = t.id)
                """, account.id);
        if (id == 0) {
            return;
        }
        simulation.count("reversal");
        long micros = real.number("select cost_micros from request where id = ?", id);
        real.acts().credits().reverse("test", Long.toString(id), "a mistake");
        account.prepaid.balance += micros;
        model.earned -= micros;
    }

    void revoke(Account account) {
        SimulatedLedger.Key key = account.keys.get(random.nextInt(account.keys.size()));
        if (key.revoked) {
            return;
        }
        simulation.count("revocation");
        key.revoked = true;
        String id = real.database()
                .read(handle -> handle.select("select public_id from api_key where id = ?", key.id)
                        .mapTo(String.class)
                        .one());
        real.acts().keys().revoke("test", id);
        key(account);
    }
}
