package org.carafe.bench.jmh;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.carafe.models.tokenizer.IncrementalDecoder;
import org.carafe.models.tokenizer.TextAssets;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.openai.Conversation;
import org.carafe.server.serving.ChatRenderer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a chat costs before the engine sees it, and its answer after: a conversation of eleven messages and about 5,000 characters
 * rendered by the chat template, the prompt tokenized, and 1,024 tokens turned into text one by one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TextBenchmark {
    private static final int TURNS = 5;
    private static final int TOKENS = 1024;
    private static final String PARAGRAPH = """
            The rain in Spain stays mainly in the plains; in Köln it falls on 365 days of the year, or so they say — "always".
            for (int i = 0; i < 10; i++) { total += prices[i] * 1.19; } // net to gross, see https://example.org/vat?id=7
            Please summarize the text above in at most three sentences, and list the numbers in it. 数字も忘れずに。 Thank you! 🙂
            """;

    /** {@code demo}, or what {@code scripts/bench jmh --model} named. */
    @Param(BenchCheckpoint.DEMO)
    public String checkpoint = BenchCheckpoint.DEMO;

    private record Loaded(
            ChatRenderer renderer,
            Tokenizer tokenizer,
            Conversation conversation,
            ChatRenderer.Rendered rendered,
            List<Integer> answer) {}

    private Loaded loaded = load(BenchCheckpoint.DEMO);

    @Setup
    public void load() {
        loaded = load(checkpoint);
    }

    private static Loaded load(String checkpoint) {
        TextAssets text = BenchCheckpoint.text(checkpoint);
        ChatRenderer renderer = Objects.requireNonNull(
                ChatRenderer.of(text, InstantSource.system()), "the checkpoint has no chat template");
        Tokenizer tokenizer = Tokenizer.of(text);
        Conversation conversation = conversation();
        List<Integer> answer = new ArrayList<>();
        while (answer.size() < TOKENS) {
            for (int id : tokenizer.encode(PARAGRAPH, false)) {
                answer.add(id);
            }
        }
        return new Loaded(renderer, tokenizer, conversation, renderer.render(conversation), answer.subList(0, TOKENS));
    }

    private static Conversation conversation() {
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(message(ChatMessage.Role.SYSTEM, "You are a helpful assistant."));
        for (int turn = 0; turn < TURNS; turn++) {
            messages.add(message(ChatMessage.Role.USER, turn + ". " + PARAGRAPH + PARAGRAPH));
            messages.add(message(ChatMessage.Role.ASSISTANT, "In short: " + PARAGRAPH));
        }
        return new Conversation(messages, List.of(), true, false, Map.of());
    }

    private static ChatMessage message(ChatMessage.Role role, String content) {
        return new ChatMessage(role, List.of(content), false, null, List.of(), null);
    }

    @Benchmark
    public ChatRenderer.Rendered renderTemplate() {
        return loaded.renderer.render(loaded.conversation);
    }

    @Benchmark
    public int[] encodePrompt() {
        return loaded.tokenizer.encode(loaded.rendered.text(), loaded.rendered.untrusted(), false);
    }

    @Benchmark
    public int decodeIncrementally() {
        IncrementalDecoder decoder = loaded.tokenizer.decoder(IncrementalDecoder.Start.CONTINUATION, true);
        int length = 0;
        for (int i = 0; i < TOKENS; i++) {
            length += decoder.append(loaded.answer.get(i)).length();
        }
        return length + decoder.finish().length();
    }
}
