package org.carafe.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TokenLogprob;

/** Answers of {@code /v1/completions}. Choices are numbered prompt by prompt: {@code index = prompt * n + choice}. */
public final class CompletionEncoder implements AnswerEncoder {
    private static final String OBJECT = "text_completion";
    private static final byte[] PLAIN_END = JsonBuffer.ascii("\",\"logprobs\":null,\"finish_reason\":null");
    private static final byte[] QUOTE = {'"'};

    private final AnswerFrame frame;
    private final SamplingFields fields;
    private final boolean echo;
    private final List<EchoedPrompt> prompts;
    private final List<byte[]> prefixes = new ArrayList<>();
    /** One for each choice; the thread that streams a choice is the only one to touch its own. */
    private final List<TextOffsets> offsets = new ArrayList<>();

    private final byte[] plainSuffix;
    private final byte[] suffix;

    public CompletionEncoder(AnswerFrame frame, SamplingFields fields, boolean echo, List<EchoedPrompt> prompts) {
        this.frame = frame;
        this.fields = fields;
        this.echo = echo;
        this.prompts = List.copyOf(prompts);
        suffix = JsonBuffer.ascii(fields.includeUsage() ? "}],\"usage\":null}\n\n" : "}]}\n\n");
        plainSuffix = new JsonBuffer().raw(PLAIN_END).raw(suffix).toBytes();
        for (int index = 0; index < prompts.size() * fields.n(); index++) {
            JsonBuffer prefix = new JsonBuffer();
            choice(prefix, index);
            prefixes.add(prefix.name("text").raw(QUOTE).toBytes());
            offsets.add(new TextOffsets());
        }
    }

    private void choice(JsonBuffer out, int index) {
        Sse.data(out).open();
        frame.write(out, OBJECT);
        out.name("choices").openArray().open().name("index").number(index);
    }

    private EchoedPrompt prompt(int index) {
        return prompts.get(index / fields.n());
    }

    private boolean scored() {
        return fields.logprobs() >= 0;
    }

    @Override
    public void begin(JsonBuffer out, int index, TextEvent.Prompt computed) {
        if (!echo && !fields.returnTokenIds()) {
            return;
        }
        EchoedPrompt prompt = prompt(index);
        choice(out, index);
        out.name("text").text(echo ? prompt.text() : "");
        out.name("logprobs");
        if (echo && scored()) {
            List<Integer> places = offsets.get(index).prompt(prompt, computed.logprobs());
            LegacyLogprobs.write(out, prompt.firstToken(), computed.logprobs(), places);
        } else {
            out.none();
        }
        out.name("finish_reason").none();
        if (fields.returnTokenIds()) {
            out.name("prompt_token_ids");
            ChatEncoder.ids(out, prompt.ids());
        }
        out.raw(suffix);
    }

    @Override
    public void delta(JsonBuffer out, int index, TextEvent.Delta delta) {
        boolean withLogprobs = scored() && !delta.logprobs().isEmpty();
        if (scored() && !withLogprobs) {
            offsets.get(index).delta(delta);
        }
        if (delta.text().isEmpty() && !withLogprobs && !fields.returnTokenIds()) {
            return;
        }
        out.raw(prefixes.get(index)).escaped(delta.text());
        if (!withLogprobs && !fields.returnTokenIds()) {
            out.raw(plainSuffix);
            return;
        }
        out.raw(QUOTE).name("logprobs");
        if (withLogprobs) {
            LegacyLogprobs.write(out, null, delta.logprobs(), offsets.get(index).delta(delta));
        } else {
            out.none();
        }
        out.name("finish_reason").none();
        if (fields.returnTokenIds()) {
            out.name("token_ids");
            ChatEncoder.ids(out, delta.tokenIds());
        }
        out.raw(suffix);
    }

    @Override
    public void finish(JsonBuffer out, int index, FinishReason reason) {
        choice(out, index);
        out.name("text").text("").name("logprobs").none();
        out.name("finish_reason").text(Answer.finishReason(reason)).raw(suffix);
    }

    @Override
    public void usage(JsonBuffer out, UsageTotal usage) {
        Sse.data(out).open();
        frame.write(out, OBJECT);
        out.name("choices").openArray().closeArray();
        usage.write(out);
        Sse.end(out.close());
    }

    @Override
    public void whole(JsonBuffer out, List<Answer> choices, UsageTotal usage) {
        out.open();
        frame.write(out, OBJECT);
        out.name("choices").openArray();
        for (int index = 0; index < choices.size(); index++) {
            choice(out, index, choices.get(index));
        }
        out.closeArray();
        usage.write(out);
        out.close();
    }

    private void choice(JsonBuffer out, int index, Answer answer) {
        EchoedPrompt prompt = prompt(index);
        out.open().name("index").number(index);
        out.name("text").text(echo ? prompt.text() + answer.text() : answer.text());
        out.name("logprobs");
        if (scored()) {
            logprobs(out, prompt, answer);
        } else {
            out.none();
        }
        out.name("finish_reason").text(answer.finishReason());
        if (fields.returnTokenIds()) {
            out.name("token_ids");
            ChatEncoder.ids(out, answer.tokenIds());
            out.name("prompt_token_ids");
            ChatEncoder.ids(out, prompt.ids());
        }
        out.close();
    }

    private void logprobs(JsonBuffer out, EchoedPrompt prompt, Answer answer) {
        TextOffsets places = new TextOffsets();
        List<Integer> offsetsOfAll = new ArrayList<>();
        List<TokenLogprob> all = new ArrayList<>();
        if (echo) {
            offsetsOfAll.addAll(places.prompt(prompt, answer.promptLogprobs()));
            all.addAll(answer.promptLogprobs());
        }
        for (TextEvent.Delta delta : answer.deltas()) {
            offsetsOfAll.addAll(places.delta(delta));
            all.addAll(delta.logprobs());
        }
        LegacyLogprobs.write(out, echo ? prompt.firstToken() : null, all, offsetsOfAll);
    }
}
