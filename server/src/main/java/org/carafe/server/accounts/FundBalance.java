package org.carafe.server.accounts;

/**
 * Credits in one place.
 *
 * @param heldMicros reserved by requests that run
 * @param overdraftMicros how far the balance may go below zero
 * @param period of an allowance: the month (year * 12 + month - 1) or the day since 1970 that the balance was granted for
 */
public record FundBalance(long balanceMicros, long heldMicros, long overdraftMicros, long period) {}
