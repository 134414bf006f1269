package org.carafe.server.ledger;

import java.time.Instant;

/**
 * What an account is given for a day or a month.
 *
 * @param kind {@code DAILY} or {@code MONTHLY}
 * @param limitMicros of a period
 * @param remainingMicros neither used nor held
 * @param resetsAt when the next period begins
 */
public record Allowance(FundKind kind, long limitMicros, long remainingMicros, Instant resetsAt) {}
