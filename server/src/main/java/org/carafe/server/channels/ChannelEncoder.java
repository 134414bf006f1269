package org.carafe.server.channels;

import java.util.List;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.openai.Answer;
import org.carafe.server.openai.AnswerEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.UsageTotal;
import org.carafe.server.simple.SimpleEncoder;

/**
 * Answers of channels, which are remembered: the text is handed over when it is complete and paid for, before its last bytes are written.
 * So whoever has seen the end of an answer finds it in the history. One request, one answer, one thread.
 */
public final class ChannelEncoder implements AnswerEncoder {
    private final String sessionId;
    private final SimpleEncoder stream;
    private final Memory memory;
    private final StringBuilder text = new StringBuilder();

    /** Where a complete answer goes. */
    public interface Memory {
        /** What it throws becomes the request's error. */
        void keep(String reply);
    }

    /**
     * Of one answer.
     *
     * @param id {@code chat_...}
     * @param channel its name, which stands for the model
     */
    public ChannelEncoder(String id, String channel, String sessionId, Memory memory) {
        this.sessionId = sessionId;
        this.stream = new SimpleEncoder(id, channel, null);
        this.memory = memory;
    }

    @Override
    public void begin(JsonBuffer out, int index, TextEvent.Prompt prompt) {
        stream.begin(out, index, prompt);
    }

    @Override
    public void delta(JsonBuffer out, int index, TextEvent.Delta delta) {
        text.append(delta.text());
        stream.delta(out, index, delta);
    }

    @Override
    public void finish(JsonBuffer out, int index, FinishReason reason) {
        stream.finish(out, index, reason);
    }

    @Override
    public void usage(JsonBuffer out, UsageTotal usage) {
        stream.usage(out, usage);
    }

    @Override
    public void whole(JsonBuffer out, List<Answer> choices, UsageTotal usage) {
        text.append(choices.getFirst().text());
        out.open().name("reply").text(text);
        out.name("sessionId").text(sessionId).close();
    }

    @Override
    public void settled() {
        memory.keep(text.toString());
    }
}
