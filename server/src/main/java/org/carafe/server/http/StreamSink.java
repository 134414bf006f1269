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
    private boolean begun;

    /** @param withText false where only the prompt was asked for */
    StreamSink(EventStream events, AnswerEncoder encoder, int index, boolean withText) {
        this.events = events;
        this.encoder = encoder;
        this.index = index;
        this.withText = withText;
    }

    @Override
    public void on(TextEvent event) throws IOException {
        if (out.size() >= FLUSH_BYTES) {
            flush();
        }
        switch (event) {
            case TextEvent.Prompt prompt -> begin(prompt);
            case TextEvent.Delta delta -> {
                begin(new TextEvent.Prompt(0, List.of()));
                if (withText) {
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
    }
}
