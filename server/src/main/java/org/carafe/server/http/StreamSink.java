package org.carafe.server.http;

import java.io.IOException;
import java.util.List;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.openai.AnswerEncoder;
import org.carafe.server.openai.JsonBuffer;

/** Encodes one sequence's events into a buffer of its own and sends each batch with one write. */
final class StreamSink implements SequenceReader.Sink {
    /** Sent at once even if more is there: bounds the buffer, and about what a socket takes in one go. */
    private static final int FLUSH_BYTES = 32 << 10;

    private final EventStream events;
    private final AnswerEncoder encoder;
    private final int index;
    private final boolean withText;
    private final JsonBuffer out = new JsonBuffer();
    private final Delivery delivery;
    private final boolean tellsPrompt;
    private boolean begun;
    private int unsentTokens;

    /**
     * @param withText false where only the prompt was asked for
     * @param tellsPrompt true for the first sequence of each prompt
     */
    StreamSink(
            EventStream events,
            AnswerEncoder encoder,
            int index,
            boolean withText,
            Delivery delivery,
            boolean tellsPrompt) {
        this.events = events;
        this.encoder = encoder;
        this.index = index;
        this.withText = withText;
        this.delivery = delivery;
        this.tellsPrompt = tellsPrompt;
    }

    @Override
    public void on(TextEvent event) throws IOException {
        if (out.size() >= FLUSH_BYTES) {
            flush();
        }
        switch (event) {
            case TextEvent.Prompt prompt -> {
                if (tellsPrompt) {
                    delivery.cached(prompt.cachedTokens());
                }
                begin(prompt);
            }
            case TextEvent.Delta delta -> {
                begin(new TextEvent.Prompt(0, List.of()));
                if (withText) {
                    unsentTokens += delta.tokenIds().size();
                    encoder.delta(out, index, delta);
                }
            }
            case TextEvent.End end -> begin(new TextEvent.Prompt(0, List.of()));
            case TextEvent.Failed failed -> {}
        }
    }

    private void begin(TextEvent.Prompt prompt) {
        if (!begun) {
            begun = true;
            encoder.begin(out, index, prompt);
        }
    }

    @Override
    public void flush() throws IOException {
        events.write(out);
        delivery.sent(unsentTokens);
        unsentTokens = 0;
    }
}
