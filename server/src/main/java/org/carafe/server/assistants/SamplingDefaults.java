package org.carafe.server.assistants;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.openai.SamplingFields;
import org.jspecify.annotations.Nullable;

/** How an assistant generates: what its settings say, and where they say nothing the model's own defaults. */
public final class SamplingDefaults {
    private SamplingDefaults() {}

    /**
     * The fields of a request that says nothing itself. {@code max_tokens} is not among them: the caller did not ask for so many, so an
     * answer may be shorter where the context or the credits end ({@link #tokensMax}).
     *
     * @param settings by the names of the chat request's fields; their ranges were checked when they were set
     */
    public static SamplingFields fields(Map<String, Number> settings, boolean stream) {
        Number topP = settings.get("top_p");
        Number topK = settings.get("top_k");
        Number seed = settings.get("seed");
        return new SamplingFields(
                null,
                number(settings.get("temperature")),
                topP == null ? null : Double.valueOf(Math.max(topP.doubleValue(), 1e-9)),
                topK == null ? null : Integer.valueOf(topK.intValue()),
                number(settings.get("min_p")),
                number(settings.get("repetition_penalty")),
                orZero(settings.get("presence_penalty")),
                orZero(settings.get("frequency_penalty")),
                Map.of(),
                seed == null ? null : Long.valueOf(seed.longValue()),
                List.of(),
                Set.of(),
                0,
                false,
                0,
                -1,
                1,
                stream,
                // Both dialects end a stream with its usage.
                stream,
                false);
    }

    /** Most tokens of an answer, as far as the settings say. */
    public static int tokensMax(Map<String, Number> settings) {
        Number maxTokens = settings.get("max_tokens");
        return maxTokens == null ? Integer.MAX_VALUE : maxTokens.intValue();
    }

    private static @Nullable Double number(@Nullable Number value) {
        return value == null ? null : Double.valueOf(value.doubleValue());
    }

    private static double orZero(@Nullable Number value) {
        return value == null ? 0 : value.doubleValue();
    }
}
