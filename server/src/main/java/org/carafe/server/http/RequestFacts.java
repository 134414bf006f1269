package org.carafe.server.http;

import java.util.ArrayList;
import java.util.List;
import org.carafe.server.requestlog.RequestEntry;
import org.jspecify.annotations.Nullable;

/** What the request log and the metrics will say of a request, gathered on its way. Thread-safe: several sequences may report. */
final class RequestFacts {
    /** UTF-16 units of a logged prompt, and of all logged answers of a request together. */
    static final int TEXT_CHARS_MAX = 32 << 10;

    private final boolean withTexts;
    private final long startNanos;
    private @Nullable String model;
    private boolean streamed;
    private RequestEntry.@Nullable Tokens tokens;
    private @Nullable Long firstTokenNanos;
    private @Nullable String prompt;
    private final List<StringBuilder> answers = new ArrayList<>(0);
    private int answerChars;

    /**
     * Of a request that begins now.
     *
     * @param withTexts whether prompts and answers are kept
     */
    RequestFacts(boolean withTexts, long startNanos) {
        this.withTexts = withTexts;
        this.startNanos = startNanos;
    }

    /** It goes to this model; {@code text} is its prompt as the model sees it. */
    synchronized void admitted(String modelId, boolean stream, @Nullable String text) {
        model = modelId;
        streamed = stream;
        if (withTexts && text != null) {
            prompt = text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) : text;
        }
    }

    /** A piece of an answer. */
    synchronized void delta(int index, String text) {
        if (firstTokenNanos == null) {
            firstTokenNanos = System.nanoTime() - startNanos;
        }
        if (!withTexts) {
            return;
        }
        while (answers.size() <= index) {
            answers.add(new StringBuilder());
        }
        int fitting = Math.min(text.length(), TEXT_CHARS_MAX - answerChars);
        answers.get(index).append(text, 0, fitting);
        answerChars += fitting;
    }

    /** What was used and charged. */
    synchronized void settled(long promptTokens, long cachedTokens, long completionTokens, long costMicros) {
        tokens = new RequestEntry.Tokens(promptTokens, cachedTokens, completionTokens, costMicros);
    }

    synchronized @Nullable String model() {
        return model;
    }

    synchronized boolean streamed() {
        return streamed;
    }

    synchronized RequestEntry.@Nullable Tokens tokens() {
        return tokens;
    }

    synchronized RequestEntry.Timing timing(long totalNanos) {
        return new RequestEntry.Timing(firstTokenNanos, totalNanos);
    }

    synchronized RequestEntry.@Nullable Texts texts() {
        if (!withTexts || model == null) {
            return null;
        }
        return new RequestEntry.Texts(
                prompt, answers.stream().map(StringBuilder::toString).toList());
    }
}
