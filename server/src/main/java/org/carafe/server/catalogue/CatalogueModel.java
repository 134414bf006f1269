package org.carafe.server.catalogue;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.carafe.server.ledger.Price;
import org.jspecify.annotations.Nullable;

/**
 * A model on offer.
 *
 * @param id what requests name, keys are scoped to and the ledger books under
 * @param name for people
 * @param checkpoint directory, {@code .gguf} file or hub id; null: it is served under its id or an alias, from wherever
 * @param contextTokensMax most tokens of prompt and answer together
 * @param outputTokensMax most tokens of one answer
 * @param price its first price; null: none is set by the catalogue
 * @param aliases other names that mean this model
 */
public record CatalogueModel(
        String id,
        String name,
        @Nullable String checkpoint,
        int contextTokensMax,
        int outputTokensMax,
        Set<Capability> capabilities,
        @Nullable Price price,
        List<String> aliases) {
    /** Characters of an id or alias, as of {@code --served-name}. */
    static final int ID_CHARS_MAX = 200;

    public CatalogueModel {
        capabilities = Set.copyOf(capabilities);
        aliases = List.copyOf(aliases);
        if (contextTokensMax < 1 || outputTokensMax < 1 || outputTokensMax > contextTokensMax) {
            throw new IllegalArgumentException(
                    id + ": an answer of " + outputTokensMax + " tokens does not fit a context of " + contextTokensMax);
        }
    }

    /** True if the name is its id or one of its aliases. */
    public boolean isCalled(String asked) {
        return id.equals(asked) || aliases.contains(asked);
    }

    /** True if it is served from this checkpoint, as the user spelled it. */
    public boolean isFrom(String asked) {
        return Objects.equals(checkpoint, asked);
    }
}
