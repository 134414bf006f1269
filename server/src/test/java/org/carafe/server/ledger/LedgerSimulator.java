package org.carafe.server.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.carafe.server.ledger.SimulatedLedger.Account;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.jspecify.annotations.Nullable;

/**
 * Random acts against a real ledger and against {@link SimulatedLedger}; after each, the balances of its account and the headers of its
 * response are the same in both, and every now and then so are all balances and reports, and the audit finds nothing.
 */
final class LedgerSimulator implements AutoCloseable {
    private static final int WHOLE_EVERY = 10_000;

    private final Random random;
    private final LedgerUnderTest real;
    private final SimulatedLedger model = new SimulatedLedger();
    private final Simulation simulation;
    private final SimulatedAdministration administration;
    private final SimulatedRequests requests;
    private final LedgerComparison comparison;

    LedgerSimulator(DatabaseSettings settings, long seed) {
        random = new Random(seed);
        real = new LedgerUnderTest(settings);
        simulation = new Simulation(random, real, model, new TreeMap<>());
        administration = new SimulatedAdministration(simulation);
        requests = new SimulatedRequests(simulation);
        comparison = new LedgerComparison(simulation);
        administration.begin();
    }

    @Override
    public void close() {
        real.close();
    }

    /** Does so many acts. */
    void run(int count) {
        for (int i = 1; i <= count; i++) {
            try {
                Account touched = act(random.nextInt(1_000));
                if (touched != null) {
                    comparison.compare(touched);
                }
                if (i % WHOLE_EVERY == 0 || i == count) {
                    comparison.compareAll();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("at act " + i + " of " + simulation.counts(), e);
            }
        }
    }

    /** What was done how often. */
    Map<String, Integer> counts() {
        return simulation.counts();
    }

    private @Nullable Account act(int dice) {
        Account account = model.accounts.get(random.nextInt(model.accounts.size()));
        if (dice < 420) {
            return requests.hold(account);
        } else if (dice < 740) {
            return requests.end();
        } else if (dice < 800) {
            requests.note();
            return null;
        } else if (dice < 850) {
            simulation.count("top-up");
            administration.topUp(account, 1L + random.nextInt(60_000));
        } else if (dice < 880) {
            administration.takeAway(account);
        } else if (dice < 900) {
            administration.reverseCharge(account);
        } else if (dice < 920) {
            administration.revoke(account);
        } else if (dice < 985) {
            jump();
            return null;
        } else if (dice < 999 || random.nextInt(2) == 0) {
            simulation.count("step");
            real.ledger().step();
            return null;
        } else {
            crash();
            return null;
        }
        return account;
    }

    private void jump() {
        simulation.count("clock jump");
        long millis = switch (random.nextInt(20)) {
            case 0 -> Duration.ofHours(random.nextInt(30)).toMillis();
            case 1, 2, 3 -> random.nextLong(600_000);
            default -> random.nextLong(30_000);
        };
        real.pass(millis);
    }

    private void crash() {
        simulation.count("crash");
        requests.crashed();
        real.crash();
        comparison.compareAll();
    }
}
