package org.carafe.server.http;

import java.io.IOException;
import org.carafe.inference.text.TextEvent;

/** Passes a sequence's events on and tells the request's facts about them. */
final class NotedSink implements SequenceReader.Sink {
    private final SequenceReader.Sink sink;
    private final RequestFacts facts;
    private final int index;

    NotedSink(SequenceReader.Sink sink, RequestFacts facts, int index) {
        this.sink = sink;
        this.facts = facts;
        this.index = index;
    }

    @Override
    public void on(TextEvent event) throws IOException {
        if (event instanceof TextEvent.Delta delta) {
            facts.delta(index, delta.text());
        }
        sink.on(event);
    }

    @Override
    public void flush() throws IOException {
        sink.flush();
    }
}
