package org.carafe.server.requestlog;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answered request. Null means that it does not apply: nobody was authenticated, no model was reached, nothing was generated.
 *
 * @param time when it was answered
 * @param key public id of the key
 * @param keyPrefix the characters that a key is recognised by
 * @param route its pattern
 * @param status 499 where the caller was gone before the answer
 * @param error code of the error
 * @param tokens what was used
 * @param timing how long it took
 * @param texts prompt and answers, where they are logged
 */
public record RequestEntry(
        Instant time,
        String requestId,
        @Nullable String account,
        @Nullable String key,
        @Nullable String keyPrefix,
        String method,
        String route,
        @Nullable String model,
        int status,
        @Nullable String error,
        boolean streamed,
        boolean clientGone,
        @Nullable Tokens tokens,
        Timing timing,
        @Nullable Texts texts) {
    /** What was used. */
    public record Tokens(long prompt, long cached, long completion, long costMicros) {}

    /**
     * How long it took.
     *
     * @param firstTokenNanos null where none came
     */
    public record Timing(@Nullable Long firstTokenNanos, long totalNanos) {}

    /** What was asked and answered, each cut at a limit. */
    public record Texts(@Nullable String prompt, List<String> answers) {
        public Texts {
            answers = List.copyOf(answers);
        }

        /** UTF-16 units of all. */
        long chars() {
            return (prompt == null ? 0 : prompt.length())
                    + answers.stream().mapToLong(String::length).sum();
        }
    }
}
