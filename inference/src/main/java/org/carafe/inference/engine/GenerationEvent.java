package org.carafe.inference.engine;

import java.util.List;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;

/** What a stream tells, in this order: at most one {@code Prompt}, any number of {@code Token}s, then exactly one {@code Finished} or {@code Failed}. */
public sealed interface GenerationEvent {
    /** The prompt was computed. {@code logprobs} covers prompt tokens 1 .. n-1 (the first has none), and is empty where not asked for. */
    record Prompt(int cachedTokens, List<TokenLogprobs> logprobs) implements GenerationEvent {}

    /** The next token. */
    record Token(SampledToken token) implements GenerationEvent {}

    /** The end. */
    record Finished(FinishReason reason, Usage usage) implements GenerationEvent {}

    /** The engine could not go on with this sequence; tokens before it stand. */
    record Failed(Failure failure, String message, Usage usage) implements GenerationEvent {}

    /** Why a generation failed. */
    enum Failure {
        /** The runner failed: 503, safe to retry. */
        RUNNER,
        /** The deadline passed while it waited: 503. */
        DEADLINE,
        /** The engine was closed: 503. */
        SHUTDOWN
    }
}
