package org.carafe.server.http;

import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.openai.Answer;
import org.carafe.server.serving.AnswerSize;

/** Collects one sequence's events, as far as there is memory for them. */
final class WholeSink implements SequenceReader.Sink {
    private final Answer answer;
    private final AnswerMemory memory;
    private final boolean withText;

    /** @param withText false where only the prompt was asked for */
    WholeSink(Answer answer, AnswerMemory memory, boolean withText) {
        this.answer = answer;
        this.memory = memory;
        this.withText = withText;
    }

    @Override
    public void on(TextEvent event) {
        switch (event) {
            // What its log-probabilities take was set aside before they were computed.
            case TextEvent.Prompt prompt -> answer.prompt(prompt);
            case TextEvent.Delta delta -> {
                if (withText) {
                    memory.take(AnswerSize.bytes(delta.logprobs()));
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
