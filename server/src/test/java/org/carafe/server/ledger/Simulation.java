package org.carafe.server.ledger;

import java.util.Map;
import java.util.Random;

/** What the parts of the simulator share: the dice, the ledger and its plain model, and what was done how often. */
record Simulation(Random random, LedgerUnderTest real, SimulatedLedger model, Map<String, Integer> counts) {
    static final String MODEL = "m";
    static final long RPM = 6;
    static final long TPM = 6_000;
    static final long ACCOUNT_TPM = 9_000;

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
