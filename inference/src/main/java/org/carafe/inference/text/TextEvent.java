package org.carafe.inference.text;

import java.util.List;
import java.util.OptionalInt;
import org.carafe.inference.IntView;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.Usage;
import org.jspecify.annotations.Nullable;

/** What a {@link TextGeneration} tells, in this order: at most one {@code Prompt}, any number of {@code Delta}s, one {@code End} or {@code Failed}. */
public sealed interface TextEvent {
    /**
     * The prompt was computed.
     *
     * @param cachedTokens how much of it came from the prefix cache
     * @param logprobs of prompt tokens 1 .. n-1; empty where not asked for
     */
    record Prompt(int cachedTokens, List<TokenLogprob> logprobs) implements TextEvent {}

    /**
     * More text. All deltas joined are the answer, streamed or not.
     *
     * @param text empty at most in the last one
     * @param tokenIds tokens generated since the last delta, those without text (special, or inside a stop string) too
     * @param logprobs of those among them that have a part in the text up to here; empty where not asked for
     */
    record Delta(String text, IntView tokenIds, List<TokenLogprob> logprobs) implements TextEvent {}

    /**
     * The end.
     *
     * @param usage tokens up to and with the one that ended it; what the engine had computed beyond a stop string does not count
     * @param stopString the stop string that ended it; null where none did
     * @param stopTokenId the stop id that ended it; empty where none did
     */
    record End(FinishReason reason, Usage usage, @Nullable String stopString, OptionalInt stopTokenId)
            implements TextEvent {}

    /** The engine could not go on; deltas before it stand. */
    record Failed(GenerationEvent.Failure failure, String message, Usage usage) implements TextEvent {}
}
