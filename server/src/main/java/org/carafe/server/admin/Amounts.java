package org.carafe.server.admin;

import java.math.BigDecimal;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/** Micro-credits as answers show them. */
final class Amounts {
    private Amounts() {}

    static @Nullable BigDecimal orNull(@Nullable Long micros) {
        return micros == null ? null : Credits.of(micros);
    }
}
