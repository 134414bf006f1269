package org.carafe.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.IntView;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;

/** Answers of {@code /v1/chat/completions}. */
public final class ChatEncoder implements AnswerEncoder {
    private static final String CHUNK = "chat.completion.chunk";
    private static final byte[] LOGPROBS = JsonBuffer.ascii("\"},\"logprobs\":");
    private static final byte[] NO_LOGPROBS = JsonBuffer.ascii("\"},\"logprobs\":null");
    private static final byte[] NOT_FINISHED = JsonBuffer.ascii(",\"finish_reason\":null");

    private final AnswerFrame frame;
    private final SamplingFields fields;
    private final int[] promptIds;
    private final List<byte[]> prefixes = new ArrayList<>();
    private final byte[] plainSuffix;
    private final byte[] suffix;

    /** @param promptIds the prompt's token ids; read only where they are to be returned */
    public ChatEncoder(AnswerFrame frame, SamplingFields fields, int[] promptIds) {
        this.frame = frame;
        this.fields = fields;
        this.promptIds = promptIds;
        for (int index = 0; index < fields.n(); index++) {
            prefixes.add(prefix(index));
        }
        suffix = JsonBuffer.ascii(fields.includeUsage() ? "}],\"usage\":null}\n\n" : "}]}\n\n");
        JsonBuffer plain = new JsonBuffer();
        plainSuffix = plain.raw(NO_LOGPROBS).raw(NOT_FINISHED).raw(suffix).toBytes();
    }

    /** All of a chunk up to the inside of its text: the same for every chunk of a choice. */
    private byte[] prefix(int index) {
        JsonBuffer out = new JsonBuffer();
        choice(out, index);
        out.name("delta").open().name("content").text("");
        byte[] closed = out.toBytes();
        return java.util.Arrays.copyOf(closed, closed.length - 1);
    }

    private void choice(JsonBuffer out, int index) {
        Sse.data(out).open();
        frame.write(out, CHUNK);
        out.name("choices").openArray().open().name("index").number(index);
    }

    @Override
    public void begin(JsonBuffer out, int index, TextEvent.Prompt prompt) {
        Sse.data(out).open();
        frame.write(out, CHUNK);
        if (fields.returnTokenIds() && index == 0) {
            out.name("prompt_token_ids");
            ids(out, promptIds);
        }
        out.name("choices").openArray().open().name("index").number(index);
        out.name("delta").open().name("role").text("assistant").name("content").raw(LOGPROBS_OPEN);
        out.raw(NO_LOGPROBS).raw(NOT_FINISHED).raw(suffix);
    }

    private static final byte[] LOGPROBS_OPEN = {'"'};

    @Override
    public void delta(JsonBuffer out, int index, TextEvent.Delta delta) {
        boolean scored = fields.logprobs() >= 0 && !delta.logprobs().isEmpty();
        if (delta.text().isEmpty() && !scored && !fields.returnTokenIds()) {
            return;
        }
        out.raw(prefixes.get(index)).escaped(delta.text());
        if (!scored && !fields.returnTokenIds()) {
            out.raw(plainSuffix);
            return;
        }
        if (scored) {
            out.raw(LOGPROBS);
            ChatLogprobs.write(out, delta.logprobs());
        } else {
            out.raw(NO_LOGPROBS);
        }
        out.raw(NOT_FINISHED);
        if (fields.returnTokenIds()) {
            out.name("token_ids");
            ids(out, delta.tokenIds());
        }
        out.raw(suffix);
    }

    @Override
    public void finish(JsonBuffer out, int index, FinishReason reason) {
        choice(out, index);
        out.name("delta").open().close().name("logprobs").none();
        out.name("finish_reason").text(Answer.finishReason(reason)).raw(suffix);
    }

    @Override
    public void usage(JsonBuffer out, UsageTotal usage) {
        Sse.data(out).open();
        frame.write(out, CHUNK);
        out.name("choices").openArray().closeArray();
        usage.write(out);
        Sse.end(out.close());
    }

    @Override
    public void whole(JsonBuffer out, List<Answer> choices, UsageTotal usage) {
        out.open();
        frame.write(out, "chat.completion");
        out.name("choices").openArray();
        for (int index = 0; index < choices.size(); index++) {
            Answer answer = choices.get(index);
            out.open().name("index").number(index);
            out.name("message").open().name("role").text("assistant");
            out.name("content").text(answer.text()).close();
            out.name("logprobs");
            if (fields.logprobs() >= 0) {
                ChatLogprobs.write(out, answer.logprobs());
            } else {
                out.none();
            }
            out.name("finish_reason").text(answer.finishReason());
            if (fields.returnTokenIds()) {
                out.name("token_ids");
                ids(out, answer.tokenIds());
            }
            out.close();
        }
        out.closeArray();
        usage.write(out);
        if (fields.returnTokenIds()) {
            out.name("prompt_token_ids");
            ids(out, promptIds);
        }
        out.close();
    }

    static void ids(JsonBuffer out, IntView ids) {
        out.openArray();
        for (int i = 0; i < ids.size(); i++) {
            out.number(ids.get(i));
        }
        out.closeArray();
    }

    static void ids(JsonBuffer out, int[] ids) {
        out.openArray();
        for (int id : ids) {
            out.number(id);
        }
        out.closeArray();
    }

    static void ids(JsonBuffer out, List<Integer> ids) {
        out.openArray();
        for (int id : ids) {
            out.number(id);
        }
        out.closeArray();
    }
}
