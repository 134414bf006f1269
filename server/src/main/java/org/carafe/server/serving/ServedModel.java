package org.carafe.server.serving;

import java.time.Instant;
import org.carafe.inference.engine.Engine;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.catalogue.CatalogueModel;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers. Thread-safe. Whoever made the engine closes it, after the server was drained.
 *
 * @param name the id that requests name
 * @param created when it was loaded
 * @param engine runs its sequences
 * @param tokenizer of its checkpoint
 * @param template null where the checkpoint has none: then there are text completions only
 * @param defaults sampling defaults and end ids of its checkpoint
 * @param systemFingerprint same fingerprint, seed and request: same text in float32; narrower types sum in an order that depends on
 *     what else is in a batch, so that near-ties may fall otherwise ({@link SystemFingerprint})
 * @param entry of the catalogue, whose limits hold too; null: it is in none
 */
public record ServedModel(
        String name,
        Instant created,
        Engine engine,
        Tokenizer tokenizer,
        @Nullable ChatRenderer template,
        GenerationDefaults defaults,
        String systemFingerprint,
        @Nullable CatalogueModel entry) {
    /** Most tokens of prompt and answer together. */
    public int contextTokensMax() {
        int context = engine.contextTokensMax();
        return entry == null ? context : Math.min(context, entry.contextTokensMax());
    }

    /** Most tokens of one answer. */
    public int outputTokensMax() {
        // A prompt has at least one token.
        int output = Math.max(1, contextTokensMax() - 1);
        return entry == null ? output : Math.min(output, entry.outputTokensMax());
    }

    /** True if requests that name this mean it. */
    public boolean isCalled(String asked) {
        return name.equals(asked) || (entry != null && entry.isCalled(asked));
    }

    /**
     * Ids of prompts are below this: what the weights have rows for. Tokenizers may know more tokens (added and never trained) or fewer
     * (rows padded to a round number).
     */
    public int vocabularySize() {
        return engine.shape().vocabularySize();
    }

    /** Ids are below this, those that have a text but no row too. */
    public int idsMax() {
        return Math.max(tokenizer.vocabularySize(), vocabularySize());
    }
}
