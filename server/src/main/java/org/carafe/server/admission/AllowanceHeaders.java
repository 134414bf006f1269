package org.carafe.server.admission;

import java.util.Map;
import org.carafe.server.ledger.Allowance;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/** {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset}: of an account with an allowance, in credits. */
final class AllowanceHeaders {
    private AllowanceHeaders() {}

    static Map<String, String> of(@Nullable Allowance allowance) {
        return allowance == null
                ? Map.of()
                : Map.of(
                        "X-RateLimit-Limit", Credits.show(allowance.limitMicros()),
                        "X-RateLimit-Remaining", Credits.show(allowance.remainingMicros()),
                        "X-RateLimit-Reset", allowance.resetsAt().toString());
    }
}
