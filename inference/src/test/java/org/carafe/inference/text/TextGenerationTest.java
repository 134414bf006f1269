package org.carafe.inference.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.Usage;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.carafe.models.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;

class TextGenerationTest {
    private static final Tokenizer TOKENIZER = SampleTokenizers.BYTE_LEVEL;
    private static final int END_ID = TOKENIZER.tokenToId("<|eot_id|>").orElseThrow();

    @Test
    void eachTokenThatMakesTextReadableIsADeltaEvenWhereTheReaderIsBehind() throws InterruptedException {
        List<TextEvent> seen = read(TOKENIZER, ids("a\u00E9b"), options(List.of(), 0), 100);

        assertThat(texts(seen)).containsExactly("a", "\u00E9", "b");
        TextEvent.Delta accented = (TextEvent.Delta) seen.get(2);
        assertThat(accented.tokenIds().size()).as("both bytes of it").isEqualTo(2);
    }

    @Test
    void textThatMayBeginAStopStringIsHeldBackAndGivenOutOnceItCannot() throws InterruptedException {
        List<TextEvent> seen = read(TOKENIZER, bytes("x##y##!"), options(List.of("##!", "#?"), 0), 1);

        assertThat(texts(seen)).containsExactly("x", "##y", "");
        assertThat(seen.getLast())
                .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 2, 7), "##!", OptionalInt.empty()));
    }

    @Test
    void tokensMadeBeyondAStopStringCountForNothing() throws InterruptedException {
        int[] ids = bytes("one. two. three.");
        for (int batch = 1; batch <= 20; batch++) {
            List<TextEvent> seen = read(TOKENIZER, ids, options(List.of(". t"), 0), batch);
            assertThat(String.join("", texts(seen))).isEqualTo("one");
            assertThat(seen.getLast())
                    .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 2, 6), ". t", OptionalInt.empty()));
        }
    }

    @Test
    void aStopStringCancelsTheGeneration() throws InterruptedException {
        ScriptedStream stream = stream(ids("go on and on"), FinishReason.LENGTH, 1);
        try (TextGeneration generation = new TextGeneration(stream, TOKENIZER, options(List.of("o"), 0))) {
            List<TextEvent> seen = new ArrayList<>();
            while (!(seen.size() > 0 && seen.getLast() instanceof TextEvent.End)) {
                assertThat(generation.take(seen)).isTrue();
            }
            assertThat(stream.cancelled()).isTrue();
            assertThat(generation.take(seen)).as("nothing comes after the end").isFalse();
        }
    }

    @Test
    void aStopStringDoesNotCountWithinTheFirstTokens() throws InterruptedException {
        List<TextEvent> seen = read(TOKENIZER, bytes("ababab"), options(List.of("b"), 3), 2);

        assertThat(String.join("", texts(seen))).isEqualTo("aba");
        assertThat(seen.getLast())
                .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 2, 4), "b", OptionalInt.empty()));
    }

    @Test
    void aStopIdEndsTheTextAndHasNone() throws InterruptedException {
        int[] ids = {TOKENIZER.encode("a", false)[0], END_ID};
        TextOptions options = new TextOptions(5, Start.CONTINUATION, false, List.of("<|eot"), Set.of(END_ID), 0);
        List<TextEvent> seen = collect(stream(ids, FinishReason.STOP, 9), TOKENIZER, options);

        assertThat(texts(seen)).containsExactly("a", "");
        assertThat(seen.getLast())
                .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 2, 2), null, OptionalInt.of(END_ID)));
    }

    @Test
    void aLineFeedThatIsAByteTokenStopsAtItsOwnToken() throws InterruptedException {
        Tokenizer pieces = SampleTokenizers.PIECES;
        int lineFeed = pieces.tokenToId("<0x0A>").orElseThrow();
        int[] ids = {
            pieces.tokenToId("a").orElseThrow(), lineFeed, pieces.tokenToId("e").orElseThrow()
        };
        List<TextEvent> seen = read(pieces, ids, options(List.of("\n"), 0), 1);

        assertThat(String.join("", texts(seen))).isEqualTo("a");
        assertThat(seen.getLast())
                .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 2, 2), "\n", OptionalInt.empty()));
    }

    @Test
    void logprobsComeWithTheDeltaThatHoldsTheirToken() throws InterruptedException {
        int[] ids = bytes("a#b#!");
        List<GenerationEvent> events = new ArrayList<>();
        for (int id : ids) {
            TokenLogprobs logprobs =
                    new TokenLogprobs(id, -0.5f, List.of(new TokenLogprobs.Alternative(END_ID, -0.25f)));
            events.add(new GenerationEvent.Token(new SampledToken(id, logprobs)));
        }
        events.add(new GenerationEvent.Finished(FinishReason.LENGTH, new Usage(5, 2, ids.length)));
        List<TextEvent> seen = collect(new ScriptedStream(events, List.of(9)), TOKENIZER, options(List.of("#!"), 0));

        List<List<String>> named = new ArrayList<>();
        for (TextEvent event : seen) {
            if (event instanceof TextEvent.Delta delta) {
                named.add(
                        delta.logprobs().stream().map(one -> one.token().text()).toList());
            }
        }
        assertThat(named).containsExactly(List.of("a"), List.of("#", "b"), List.of());
        TokenLogprob first = ((TextEvent.Delta) seen.getFirst()).logprobs().getFirst();
        assertThat(first.token().logprob()).isEqualTo(-0.5f);
        assertThat(first.token().bytes()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
        assertThat(first.top()).singleElement().satisfies(top -> {
            assertThat(top.text()).isEqualTo("<|eot_id|>");
            assertThat(top.logprob()).isEqualTo(-0.25f);
        });
    }

    @Test
    void logprobsOfTokensWithoutTextDoNotGatherForEver() throws InterruptedException {
        for (List<String> stops : List.of(List.<String>of(), List.of("ab"))) {
            List<GenerationEvent> events = new ArrayList<>();
            int tokens = 5_000;
            int first = TOKENIZER.encode("a", false)[0];
            for (int i = 0; i < tokens; i++) {
                int id = i == 0 ? first : END_ID;
                events.add(new GenerationEvent.Token(new SampledToken(id, new TokenLogprobs(id, -0.5f, List.of()))));
            }
            events.add(new GenerationEvent.Finished(FinishReason.LENGTH, new Usage(5, 2, tokens)));
            List<TextEvent> seen = collect(new ScriptedStream(events, List.of(9)), TOKENIZER, options(stops, 0));

            int most = 0;
            int all = 0;
            for (TextEvent event : seen) {
                if (event instanceof TextEvent.Delta delta) {
                    most = Math.max(most, delta.logprobs().size());
                    all += delta.logprobs().size();
                }
            }
            assertThat(most).isEqualTo(TextGeneration.logprobsHeldMax(stops));
            assertThat(all).isEqualTo(tokens);
            assertThat(String.join("", texts(seen))).isEqualTo("a");
        }
    }

    @Test
    void aLongStopStringOfSingleBytesIsFoundWithLogprobsToo() throws InterruptedException {
        String stop = "#".repeat(1000);
        List<GenerationEvent> events = new ArrayList<>();
        for (int id : bytes("x" + stop + "y")) {
            events.add(new GenerationEvent.Token(new SampledToken(id, new TokenLogprobs(id, -0.5f, List.of()))));
        }
        List<TextEvent> seen = collect(new ScriptedStream(events, List.of(9)), TOKENIZER, options(List.of(stop), 0));

        assertThat(String.join("", texts(seen))).isEqualTo("x");
        assertThat(seen.getLast())
                .isEqualTo(new TextEvent.End(FinishReason.STOP, new Usage(5, 0, 1001), stop, OptionalInt.empty()));
    }

    @Test
    void aFailureComesAfterTheTextThatWasThere() throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>(tokens(bytes("hi#")));
        GenerationEvent.Failed failed =
                new GenerationEvent.Failed(GenerationEvent.Failure.RUNNER, "out of memory", new Usage(5, 0, 3));
        events.add(failed);
        List<TextEvent> seen = collect(new ScriptedStream(events, List.of(2, 2)), TOKENIZER, options(List.of("##"), 0));

        assertThat(String.join("", texts(seen))).isEqualTo("hi#");
        assertThat(seen.getLast()).isEqualTo(new TextEvent.Failed(failed.failure(), failed.message(), failed.usage()));
    }

    @Test
    void tooManyEmptyOrLongStopStringsAreRefused() {
        assertThatThrownBy(() -> options(Collections.nCopies(17, "x"), 0)).hasMessage("17 stop strings, at most 16");
        assertThatThrownBy(() -> options(List.of(""), 0)).hasMessage("a stop string of 0 characters, not 1 to 1024");
        assertThatThrownBy(() -> options(List.of("x".repeat(1025)), 0)).hasMessageContaining("1025 characters");
    }

    private static TextOptions options(List<String> stops, int minTokens) {
        return new TextOptions(5, Start.CONTINUATION, true, stops, Set.of(), minTokens);
    }

    private static int[] ids(String text) {
        return TOKENIZER.encode(text, false);
    }

    /** One token for each character of an ASCII text. */
    private static int[] bytes(String text) {
        return text.chars()
                .map(c -> TOKENIZER.encode(Character.toString(c), false)[0])
                .toArray();
    }

    private static List<GenerationEvent> tokens(int[] ids) {
        List<GenerationEvent> events = new ArrayList<>();
        events.add(new GenerationEvent.Prompt(2, List.of()));
        for (int id : ids) {
            events.add(new GenerationEvent.Token(new SampledToken(id, null)));
        }
        return events;
    }

    private static ScriptedStream stream(int[] ids, FinishReason reason, int batch) {
        List<GenerationEvent> events = tokens(ids);
        events.add(new GenerationEvent.Finished(reason, new Usage(5, 2, ids.length)));
        return new ScriptedStream(events, Collections.nCopies(events.size(), batch));
    }

    private static List<TextEvent> read(Tokenizer tokenizer, int[] ids, TextOptions options, int batch)
            throws InterruptedException {
        return collect(stream(ids, FinishReason.LENGTH, batch), tokenizer, options);
    }

    private static List<TextEvent> collect(ScriptedStream stream, Tokenizer tokenizer, TextOptions options)
            throws InterruptedException {
        List<TextEvent> seen = new ArrayList<>();
        try (TextGeneration generation = new TextGeneration(stream, tokenizer, options)) {
            while (generation.take(seen)) {
                // all of it
            }
        }
        return seen;
    }

    private static List<String> texts(List<TextEvent> events) {
        List<String> texts = new ArrayList<>();
        for (TextEvent event : events) {
            if (event instanceof TextEvent.Delta delta) {
                texts.add(delta.text());
            }
        }
        return texts;
    }
}
