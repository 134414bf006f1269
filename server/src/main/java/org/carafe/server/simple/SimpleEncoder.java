package org.carafe.server.simple;

import java.util.List;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.documents.Passage;
import org.carafe.server.openai.Answer;
import org.carafe.server.openai.AnswerEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.Sse;
import org.carafe.server.openai.UsageTotal;
import org.jspecify.annotations.Nullable;

/** Answers of simple chat. A request has one answer. */
public final class SimpleEncoder implements AnswerEncoder {
    private static final byte[] PREFIX = JsonBuffer.ascii("data: {\"delta\":{\"content\":\"");
    private static final byte[] SUFFIX = JsonBuffer.ascii("\"}}\n\n");

    private final String id;
    private final String model;
    private final @Nullable List<Passage> sources;

    /**
     * Of one answer.
     *
     * @param id {@code chat_...}
     * @param model the assistant's name
     * @param sources what the answer could draw on; null where there are no documents at all
     */
    public SimpleEncoder(String id, String model, @Nullable List<Passage> sources) {
        this.id = id;
        this.model = model;
        this.sources = sources;
    }

    @Override
    public void begin(JsonBuffer out, int index, TextEvent.Prompt prompt) {}

    @Override
    public void delta(JsonBuffer out, int index, TextEvent.Delta delta) {
        if (!delta.text().isEmpty()) {
            out.raw(PREFIX).escaped(delta.text()).raw(SUFFIX);
        }
    }

    @Override
    public void finish(JsonBuffer out, int index, FinishReason reason) {}

    @Override
    public void usage(JsonBuffer out, UsageTotal usage) {
        Sse.data(out).open();
        write(out, usage);
        out.name("id").text(id);
        out.name("model").text(model);
        sources(out);
        Sse.end(out.close());
    }

    @Override
    public void whole(JsonBuffer out, List<Answer> choices, UsageTotal usage) {
        out.open().name("id").text(id);
        out.name("message").open().name("role").text("assistant");
        out.name("content").text(choices.getFirst().text()).close();
        write(out, usage);
        out.name("model").text(model);
        sources(out);
        out.close();
    }

    private static void write(JsonBuffer out, UsageTotal usage) {
        out.name("usage").open();
        out.name("input_tokens").number(usage.promptTokens());
        out.name("output_tokens").number(usage.completionTokens()).close();
    }

    private void sources(JsonBuffer out) {
        if (sources == null) {
            return;
        }
        out.name("sources").openArray();
        for (Passage source : sources) {
            out.open().name("document").text(source.documentId());
            out.name("name").text(source.documentName());
            out.name("passage").number(source.number()).close();
        }
        out.closeArray();
    }
}
