package org.carafe.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.IntList;
import org.carafe.inference.IntView;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TokenLogprob;
import org.jspecify.annotations.Nullable;

/** One choice, collected from its deltas: the text is what a stream of the same generation would have carried. One thread. */
public final class Answer {
    private final boolean scored;
    private final StringBuilder text = new StringBuilder();
    private final IntList tokenIds = new IntList(16);
    private final List<TextEvent.Delta> deltas = new ArrayList<>();
    private List<TokenLogprob> promptLogprobs = List.of();
    private @Nullable FinishReason finishReason;

    /** @param scored whether its tokens have log-probabilities */
    public Answer(boolean scored) {
        this.scored = scored;
    }

    /** The prompt was computed. */
    public void prompt(TextEvent.Prompt prompt) {
        promptLogprobs = prompt.logprobs();
    }

    /** The prompt is another answer's too, which has its log-probabilities. */
    public void promptOf(Answer other) {
        promptLogprobs = other.promptLogprobs;
    }

    /** More text. */
    public void delta(TextEvent.Delta delta) {
        text.append(delta.text());
        IntView ids = delta.tokenIds();
        for (int i = 0; i < ids.size(); i++) {
            tokenIds.add(ids.get(i));
        }
        if (scored) {
            deltas.add(delta);
        }
    }

    /** The end. */
    public void end(FinishReason reason) {
        finishReason = reason;
    }

    /** Mean log-probability of its tokens, by which {@code best_of} ranks; the least value where it has none. */
    public double meanLogprob() {
        return deltas.stream()
                .flatMap(delta -> delta.logprobs().stream())
                .mapToDouble(one -> one.token().logprob())
                .average()
                .orElse(Double.NEGATIVE_INFINITY);
    }

    /** All of it. */
    public CharSequence text() {
        return text;
    }

    IntView tokenIds() {
        return tokenIds;
    }

    /** With their log-probabilities; empty where it is not scored. */
    List<TextEvent.Delta> deltas() {
        return deltas;
    }

    List<TokenLogprob> logprobs() {
        return deltas.stream().flatMap(delta -> delta.logprobs().stream()).toList();
    }

    List<TokenLogprob> promptLogprobs() {
        return promptLogprobs;
    }

    String finishReason() {
        return finishReason(finishReason == null ? FinishReason.CANCELLED : finishReason);
    }

    /** As the API spells it. A cancelled generation has no reader, or an error of its own. */
    static String finishReason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH, CANCELLED -> "length";
        };
    }
}
