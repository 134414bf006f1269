package org.carafe.server.ledger;

/**
 * A hold, as its row has it.
 *
 * @param id of the request; of its charge, too
 * @param heldDaily micro-credits of each fund
 * @param dailyPeriod the day whose allotment {@code heldDaily} is from
 * @param monthlyPeriod the month whose allowance {@code heldMonthly} is from
 * @param tokensMax prompt and answers, as counted in the limits of {@code day}
 * @param day it was admitted on
 */
public record OpenHold(
        long id,
        long accountId,
        long keyId,
        String model,
        Price price,
        long heldDaily,
        long heldMonthly,
        long heldPrepaid,
        long dailyPeriod,
        long monthlyPeriod,
        long tokensMax,
        long day) {
    /** Micro-credits in all. */
    public long heldMicros() {
        return heldDaily + heldMonthly + heldPrepaid;
    }

    long held(FundKind kind) {
        return switch (kind) {
            case DAILY -> heldDaily;
            case MONTHLY -> heldMonthly;
            case PREPAID -> heldPrepaid;
            case ISSUED, EARNED -> 0;
        };
    }

    /** False if what is held is of an allowance whose period is over. */
    boolean isCurrent(FundKind kind, long period) {
        return switch (kind) {
            case DAILY -> dailyPeriod == period;
            case MONTHLY -> monthlyPeriod == period;
            case PREPAID, ISSUED, EARNED -> true;
        };
    }
}
