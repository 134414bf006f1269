package org.carafe.server.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a hold was refused.
 *
 * @param subject whose limit it is
 * @param limit of requests or tokens, or micro-credits
 * @param used of it, or held
 * @param asked what this request needs of it
 * @param resetsAt when it would be admitted, if waiting helps; else null
 */
public record Refusal(
        Kind kind,
        Subject subject,
        long limit,
        long used,
        long asked,
        @Nullable Instant resetsAt) {
    /** What stood in the way. */
    public enum Kind {
        KEY_REVOKED,
        KEY_EXPIRED,
        ACCOUNT_DISABLED,
        /** The key's own cap on credits. */
        KEY_BUDGET,
        /** The account's credits, and no new period helps. */
        CREDITS,
        /** The day's allotment; tomorrow's would do. */
        DAILY_CREDITS,
        REQUESTS_PER_DAY,
        TOKENS_PER_DAY,
        CONCURRENT
    }

    /** Whose limit. */
    public enum Subject {
        KEY,
        ACCOUNT
    }

    static Refusal of(Kind kind, Subject subject) {
        return new Refusal(kind, subject, 0, 0, 0, null);
    }
}
