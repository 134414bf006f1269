package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import org.carafe.server.accounts.PriceVersion;
import org.carafe.server.ledger.Credits;

/** A version of a model's price as answers show it; amounts are credits for a million tokens. */
public record PriceView(
        String model, int version, BigDecimal prompt, BigDecimal cachedPrompt, BigDecimal completion, Instant since) {
    static PriceView of(PriceVersion price) {
        return new PriceView(
                price.model(),
                price.version(),
                Credits.of(price.promptMicros()),
                Credits.of(price.cachedMicros()),
                Credits.of(price.completionMicros()),
                price.since());
    }
}
