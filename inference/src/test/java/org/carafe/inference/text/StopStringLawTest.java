package org.carafe.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.Usage;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.tokenizer.IncrementalDecoder;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.carafe.models.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random tokens, stop strings and batches against a reference that looks at the whole text after each token. */
class StopStringLawTest {
    private static final int PROMPT_TOKENS = 7;
    private static final int CACHED_TOKENS = 3;

    /** What a generation must come to. */
    private record Outcome(
            String text,
            int tokens,
            FinishReason reason,
            @Nullable String stop) {}

    @Test
    void byteLevelTextEndsWhereTheReferenceSays() throws InterruptedException {
        law(SampleTokenizers.BYTE_LEVEL, 11);
    }

    @Test
    void textOfPiecesAndBytesEndsWhereTheReferenceSays() throws InterruptedException {
        law(SampleTokenizers.PIECES, 12);
    }

    private static void law(Tokenizer tokenizer, long seed) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        int stopped = 0;
        for (int i = 0; i < 6_000; i++) {
            int[] ids = randomTokens(tokenizer, random);
            List<String> stops = randomStops(tokenizer, ids, random);
            Set<Integer> stopIds = random.nextInt(4) == 0 && ids.length > 0 ? Set.of(ids[ids.length - 1]) : Set.of();
            ids = endingAtStopId(ids, stopIds);
            TextOptions options = new TextOptions(
                    PROMPT_TOKENS,
                    random.nextBoolean() ? Start.TEXT : Start.CONTINUATION,
                    random.nextBoolean(),
                    stops,
                    stopIds,
                    random.nextInt(3) == 0 ? random.nextInt(6) : 0);
            Outcome expected = reference(tokenizer, ids, options);
            check(tokenizer, ids, options, expected, random);
            stopped += expected.stop == null ? 0 : 1;
        }
        assertThat(stopped).as("cases with a stop string").isBetween(1_500, 5_500);
    }

    private static int[] randomTokens(Tokenizer tokenizer, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            return random.ints(random.nextInt(12), 0, tokenizer.vocabularySize())
                    .toArray();
        }
        String alphabet = "aab \n\u00E9\uD83D\uDE00";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(25); i > 0; i--) {
            int at = random.nextInt(alphabet.codePointCount(0, alphabet.length()));
            text.appendCodePoint(alphabet.codePoints().skip(at).findFirst().orElseThrow());
        }
        return tokenizer.encode(text.toString(), false);
    }

    private static List<String> randomStops(Tokenizer tokenizer, int[] ids, SplittableRandom random) {
        String text = tokenizer.decode(ids, true);
        List<String> stops = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            if (random.nextInt(3) == 0 || text.isEmpty()) {
                stops.add(List.of("a", "b", "\n", "aab", "ab", "aa", " ", "zz", "\uFFFD")
                        .get(random.nextInt(9)));
            } else {
                int start = random.nextInt(text.length());
                stops.add(text.substring(start, Math.min(text.length(), start + 1 + random.nextInt(6))));
            }
        }
        return stops;
    }

    private static int[] endingAtStopId(int[] ids, Set<Integer> stopIds) {
        for (int i = 0; i < ids.length; i++) {
            if (stopIds.contains(ids[i])) {
                return Arrays.copyOf(ids, i + 1);
            }
        }
        return ids;
    }

    private static Outcome reference(Tokenizer tokenizer, int[] ids, TextOptions options) {
        int texts = ids.length;
        boolean endsAtStopId = texts > 0 && options.stopTokenIds().contains(ids[texts - 1]);
        texts -= endsAtStopId ? 1 : 0;
        int uncounted = decoded(tokenizer, ids, Math.min(texts, options.minTokens()), options, false)
                .length();
        for (int count = options.minTokens() + 1; count <= texts + 1; count++) {
            boolean end = count > texts;
            String text = end ? whole(tokenizer, ids, texts, options) : decoded(tokenizer, ids, count, options, true);
            int tokens = end ? ids.length : count;
            for (int at = uncounted + 1; at <= text.length() && tokens > options.minTokens(); at++) {
                String stop = longestEndingAt(text.substring(0, at), options.stopStrings());
                if (stop != null) {
                    return new Outcome(text.substring(0, at - stop.length()), tokens, FinishReason.STOP, stop);
                }
            }
        }
        return new Outcome(
                whole(tokenizer, ids, texts, options),
                ids.length,
                endsAtStopId ? FinishReason.STOP : FinishReason.LENGTH,
                null);
    }

    private static @Nullable String longestEndingAt(String text, List<String> stops) {
        String found = null;
        for (String stop : stops) {
            if (text.endsWith(stop) && (found == null || found.length() < stop.length())) {
                found = stop;
            }
        }
        return found;
    }

    private static String decoded(Tokenizer tokenizer, int[] ids, int count, TextOptions options, boolean waiting) {
        IncrementalDecoder decoder = tokenizer.decoder(options.start(), options.skipSpecial());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(decoder.append(ids[i]));
        }
        return waiting ? text.append(decoder.waiting()).toString() : text.toString();
    }

    private static String whole(Tokenizer tokenizer, int[] ids, int count, TextOptions options) {
        IncrementalDecoder decoder = tokenizer.decoder(options.start(), options.skipSpecial());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(decoder.append(ids[i]));
        }
        return text.append(decoder.finish()).toString();
    }

    private static void check(
            Tokenizer tokenizer, int[] ids, TextOptions options, Outcome expected, SplittableRandom random)
            throws InterruptedException {
        boolean withLogprobs = random.nextBoolean();
        List<GenerationEvent> events = new ArrayList<>();
        events.add(new GenerationEvent.Prompt(CACHED_TOKENS, List.of()));
        for (int id : ids) {
            TokenLogprobs logprobs = withLogprobs ? new TokenLogprobs(id, -1, List.of()) : null;
            events.add(new GenerationEvent.Token(new SampledToken(id, logprobs)));
        }
        boolean stopId = ids.length > 0 && options.stopTokenIds().contains(ids[ids.length - 1]);
        events.add(new GenerationEvent.Finished(
                stopId ? FinishReason.STOP : FinishReason.LENGTH, new Usage(PROMPT_TOKENS, CACHED_TOKENS, ids.length)));
        List<Integer> batches = random.ints(events.size(), 1, 6).boxed().toList();
        ScriptedStream stream = new ScriptedStream(events, batches);
        List<TextEvent> seen = new ArrayList<>();
        try (TextGeneration generation = new TextGeneration(stream, tokenizer, options)) {
            while (generation.take(seen)) {
                // all of it
            }
        }
        StringBuilder text = new StringBuilder();
        List<Integer> tokens = new ArrayList<>();
        StringBuilder logprobText = new StringBuilder();
        for (TextEvent event : seen) {
            if (event instanceof TextEvent.Delta delta) {
                text.append(delta.text());
                IntStream.range(0, delta.tokenIds().size())
                        .forEach(i -> tokens.add(delta.tokenIds().get(i)));
                delta.logprobs()
                        .forEach(
                                one -> logprobText.append(one.token().tokenId()).append(' '));
            }
        }
        String label = Arrays.toString(ids) + " " + options;
        assertThat(text.toString()).as(label).isEqualTo(expected.text);
        assertThat(tokens)
                .as(label)
                .isEqualTo(IntStream.of(ids).limit(expected.tokens).boxed().toList());
        OptionalInt stopTokenId =
                stopId && expected.stop == null ? OptionalInt.of(ids[ids.length - 1]) : OptionalInt.empty();
        assertThat(seen.getLast())
                .as(label)
                .isEqualTo(new TextEvent.End(
                        expected.reason,
                        new Usage(PROMPT_TOKENS, CACHED_TOKENS, expected.tokens),
                        expected.stop,
                        stopTokenId));
        if (withLogprobs && expected.stop == null) {
            StringBuilder all = new StringBuilder();
            IntStream.of(ids)
                    .limit(ids.length - (stopId ? 1 : 0))
                    .forEach(id -> all.append(id).append(' '));
            assertThat(logprobText.toString()).as(label).isEqualTo(all.toString());
        }
    }
}
