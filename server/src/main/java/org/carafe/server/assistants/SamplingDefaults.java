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
     * The fields of a request that says nothing itself.
     *
     * @param settings by the names of the chat request's fields; their ranges were checked when they were set
     * @param outputTokensMax of the model: settings may be older than it
     */
    public static SamplingFields fields(Map<String, Number> settings, int outputTokensMax, boolean stream) {
        Number topP = settings.get("top_p");
        Number topK = settings.get("top_k");
        Number maxTokens = settings.get("max_tokens");
        Number seed = settings.get("seed");
        return new SamplingFields(
                maxTokens == null ? null : Integer.valueOf(Math.min(maxTokens.intValue(), outputTokensMax)),
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

    private static @Nullable Double number(@Nullable Number value) {
        return value == null ? null : Double.valueOf(value.doubleValue());
    }

    private static double orZero(@Nullable Number value) {
        return value == null ? 0 : value.doubleValue();
    }
}
