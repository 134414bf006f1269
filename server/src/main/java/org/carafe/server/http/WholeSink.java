package org.carafe.server.http;

import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.openai.Answer;

/** Collects one sequence's events. */
final class WholeSink implements SequenceReader.Sink {
    private final Answer answer;
    private final boolean withText;

    /** @param withText false where only the prompt was asked for */
    WholeSink(Answer answer, boolean withText) {
        this.answer = answer;
        this.withText = withText;
    }

    @Override
    public void on(TextEvent event) {
        switch (event) {
            case TextEvent.Prompt prompt -> answer.prompt(prompt);
            case TextEvent.Delta delta -> {
                if (withText) {
                    answer.delta(delta);
                }
            }
            case TextEvent.End end -> answer.end(withText ? end.reason() : FinishReason.LENGTH);
            case TextEvent.Failed failed -> {}
        }
    }

    @Override
    public void flush() {}
}
