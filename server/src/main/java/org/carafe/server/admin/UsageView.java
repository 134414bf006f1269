package org.carafe.server.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.accounts.UsageRow;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/**
 * A row of a usage report; of {@code day}, {@code model}, {@code key} and {@code account} it has those that the report is by.
 *
 * @param key id of the key
 * @param name of the key
 * @param tokens prompt and completion
 * @param credits that they cost
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UsageView(
        @Nullable String day,
        @Nullable String model,
        @Nullable String key,
        @Nullable String name,
        @Nullable String account,
        long requests,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long tokens,
        BigDecimal credits) {
    static UsageView of(UsageBy by, UsageRow row) {
        return new UsageView(
                by == UsageBy.DAY ? row.group() : null,
                by == UsageBy.MODEL ? row.group() : null,
                by == UsageBy.KEY ? row.group() : null,
                row.name(),
                by == UsageBy.ACCOUNT ? row.group() : row.account(),
                row.requests(),
                row.promptTokens(),
                row.cachedTokens(),
                row.completionTokens(),
                row.promptTokens() + row.completionTokens(),
                Credits.of(row.costMicros()));
    }
}
