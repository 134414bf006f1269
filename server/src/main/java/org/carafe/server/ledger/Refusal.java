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
        /** The account's credits, and no new period helps, or none that the key lives to see. */
        CREDITS,
        /** The day's allotment; tomorrow's would do. */
        DAILY_CREDITS,
        /** The month's allowance; next month's would do. */
        MONTHLY_CREDITS,
        REQUESTS_PER_DAY,
        TOKENS_PER_DAY,
        CONCURRENT
    }

    /** Whose limit. */
    public enum Subject {
        KEY,
        ACCOUNT
    }

    /** That of two which waiting helps later, or not at all; the first where it is the same: whoever has waited for it gets in. */
    static @Nullable Refusal later(@Nullable Refusal first, @Nullable Refusal second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return second.helpedAt().isAfter(first.helpedAt()) ? second : first;
    }

    private Instant helpedAt() {
        if (resetsAt != null) {
            return resetsAt;
        }
        // Another request's end may come at any time.
        return kind == Kind.CONCURRENT ? Instant.MIN : Instant.MAX;
    }

    static Refusal of(Kind kind, Subject subject) {
        return new Refusal(kind, subject, 0, 0, 0, null);
    }
}
