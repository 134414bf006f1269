package org.carafe.server.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and what it may use.
 *
 * @param account queues are fair between accounts, prompts are cached inside one; the ledger bills it
 * @param keyId names the key in logs without revealing it
 * @param models the model ids this key may use; null: all
 * @param grant of a key of the ledger; null where nothing is metered ({@code --auth off}, {@code --api-key-file})
 */
public record Principal(
        String account,
        String keyId,
        @Nullable Set<String> models,
        @Nullable KeyGrant grant) {
    public Principal {
        models = models == null ? null : Set.copyOf(models);
    }

    /** Of a caller whose requests are not metered. */
    public Principal(String account, String keyId, @Nullable Set<String> models) {
        this(account, keyId, models, null);
    }

    /** True if it may use (and see) the model. */
    public boolean mayUse(String model) {
        return models == null || models.contains(model);
    }
}
