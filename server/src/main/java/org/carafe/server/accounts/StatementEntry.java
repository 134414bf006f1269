package org.carafe.server.accounts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One movement of an account's credits.
 *
 * @param transactionId of a charge: its request's row too
 * @param kind what the database says: a charge, a grant, ...
 * @param fund {@code prepaid}, {@code monthly} or {@code daily}
 * @param amountMicros positive: the account has more
 * @param reverses of a reversal: the transaction that it undoes
 * @param actor who did it; null: a request or the calendar
 */
public record StatementEntry(
        long transactionId,
        Instant at,
        String kind,
        String fund,
        long amountMicros,
        @Nullable Long reverses,
        @Nullable String reason,
        @Nullable String actor) {}
