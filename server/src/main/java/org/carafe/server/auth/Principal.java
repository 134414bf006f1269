package org.carafe.server.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, and what it may use.
 *
 * @param account queues are fair between accounts, prompts are cached inside one; the ledger bills it
 * @param keyId names the key in logs without revealing it
 * @param models the model ids this key may use; null: all
 */
public record Principal(
        String account, String keyId, @Nullable Set<String> models) {
    public Principal {
        models = models == null ? null : Set.copyOf(models);
    }

    /** True if it may use (and see) the model. */
    public boolean mayUse(String model) {
        return models == null || models.contains(model);
    }
}
