package org.carafe.server.ledger;

import org.jspecify.annotations.Nullable;

/** The ledger's answer to a {@link HoldRequest}. */
public sealed interface HoldResult {
    /**
     * Admitted, durably.
     *
     * @param completionTokensMax granted to each sequence
     * @param allowance of the account's shortest period, after this hold; null: it has none
     */
    record Held(
            OpenHold hold,
            long completionTokensMax,
            @Nullable Allowance allowance) implements HoldResult {}

    /** Refused; nothing was changed. */
    record Refused(Refusal refusal) implements HoldResult {}
}
