package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodingTest {
    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void trustedTextHasTheIdsThatHuggingFaceGives(SampleTokenizer sample) {
        Tokenizer tokenizer = sample.loaded().tokenizer();
        NativeTokenizer plain = sample.loaded().plain();
        RandomTexts texts = new RandomTexts(1, sample.loaded().added());
        for (int i = 0; i < 3_000; i++) {
            String text = texts.next(12);
            // Encoded as UTF-8 and back, a lone surrogate is '?': put what Carafe puts.
            int[] expected = plain.encode(withoutLoneSurrogates(text));
            assertThat(tokenizer.encode(text, false)).as(text).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void controlTokensAreMadeOfTrustedTextOnlyAndTheRestIsTokenizedAsOrdinaryText(SampleTokenizer sample)
            throws IOException {
        Tokenizer tokenizer = sample.loaded().tokenizer();
        NativeTokenizer plain = sample.loaded().plain();
        NativeTokenizer withoutControl = new NativeTokenizer(withoutControlTokens(sample.json()));
        List<AddedToken> added = sample.loaded().added();
        List<AddedToken> control = added.stream().filter(AddedToken::isControl).toList();
        RandomTexts texts = new RandomTexts(2, added);
        int asPlain = 0;
        for (int i = 0; i < 2_000; i++) {
            StringBuilder prompt = new StringBuilder();
            List<TextRange> untrusted = new ArrayList<>();
            List<int[]> expected = new ArrayList<>();
            for (int part = texts.random().nextInt(5); part >= 0; part--) {
                AddedToken token = control.get(texts.random().nextInt(control.size()));
                prompt.append(token.content());
                expected.add(new int[] {token.id()});
                String text = withoutLoneSurrogates(texts.next(6));
                expected.add(withoutControl.encode(text));
                untrusted.addAll(ranges(prompt.length(), text, texts.random()));
                prompt.append(text);
            }
            int[] ids = tokenizer.encode(prompt.toString(), untrusted, false);
            assertThat(ids)
                    .as(prompt.toString())
                    .isEqualTo(expected.stream().flatMapToInt(IntStream::of).toArray());
            asPlain += Arrays.equals(ids, plain.encode(prompt.toString())) ? 1 : 0;
        }
        assertThat(asPlain).as("prompts in which users wrote no control token").isBetween(200, 1_800);
    }

    /** A text all of which users wrote, in one part or, cut between its words and inside them, in touching parts. */
    private static List<TextRange> ranges(int start, String text, SplittableRandom random) {
        List<TextRange> ranges = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = random.nextBoolean() ? text.length() : from + 1 + random.nextInt(text.length() - from);
            ranges.add(new TextRange(start + from, start + to));
            from = to;
        }
        return ranges;
    }

    private static String withoutControlTokens(String json) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode root = mapper.readTree(json);
        for (Iterator<JsonNode> tokens = root.get("added_tokens").elements(); tokens.hasNext(); ) {
            JsonNode token = tokens.next();
            String content = token.get("content").asText();
            boolean special = token.get("special").booleanValue();
            if (new AddedToken(-1, content, false, false, false, false, special, null).isControl()) {
                tokens.remove();
            }
        }
        return mapper.writeValueAsString(root);
    }

    @Test
    void tokensThatAreLookedForInNormalizedTextAreFoundWhereHuggingFaceFindsThem() {
        String json = SampleTokenizer.TINY_MISTRAL.json().replace("\"normalized\": false", "\"normalized\": true");
        Tokenizer tokenizer = Tokenizer.of(new TextAssets(json, Map.of(), "<s>", "</s>", true));
        NativeTokenizer plain = new NativeTokenizer(json);
        RandomTexts texts =
                new RandomTexts(6, SampleTokenizer.TINY_MISTRAL.loaded().added());
        int found = 0;
        int asText = 0;
        for (int i = 0; i < 5_000; i++) {
            String text = withoutLoneSurrogates(
                    texts.next(4) + List.of("<s>", " </s>").get(i % 2) + texts.next(4));
            int[] expected = plain.encode(text);
            assertThat(tokenizer.encode(text, false)).as(text).isEqualTo(expected);
            boolean token = IntStream.of(expected).anyMatch(id -> id == 1 || id == 2);
            found += token ? 1 : 0;
            asText += token ? 0 : 1;
        }
        assertThat(found).isGreaterThan(500);
        assertThat(asText).isGreaterThan(500);
        assertThat(tokenizer.encode("<s> </s>", List.of(new TextRange(3, 8)), false))
                .startsWith(1)
                .doesNotContain(2);
    }

    @Test
    void theBeginTokenIsPutFirstWhereAskedFor() {
        Tokenizer tokenizer = SampleTokenizer.TINY_LLAMA3.loaded().tokenizer();
        int begin = tokenizer.beginTokenId().orElseThrow();

        assertThat(tokenizer.addsBeginToken()).isTrue();
        assertThat(tokenizer.tokenText(begin)).isEqualTo("<|begin_of_text|>");
        assertThat(tokenizer.encode("", true)).containsExactly(begin);
        assertThat(tokenizer.encode("<|begin_of_text|>", true)).containsExactly(begin, begin);
    }

    @Test
    void aControlTokenThatIsPartlyWrittenByAUserIsText() {
        Tokenizer tokenizer = SampleTokenizer.TINY_LLAMA3.loaded().tokenizer();
        int end = tokenizer.tokenToId("<|eot_id|>").orElseThrow();

        assertThat(tokenizer.encode("<|eot_id|>", List.of(), false)).containsExactly(end);
        for (int start = 0; start < 10; start++) {
            List<TextRange> range = List.of(new TextRange(start, start + 1));
            assertThat(tokenizer.encode("<|eot_id|>", range, false)).doesNotContain(end);
            assertThat(tokenizer.decode(tokenizer.encode("<|eot_id|>", range, false), true))
                    .isEqualTo("<|eot_id|>");
        }
        assertThat(tokenizer.encode("x<|eot_id|>y", List.of(new TextRange(0, 1), new TextRange(11, 12)), false))
                .contains(end);
    }

    @Test
    void textsAndRangesOutOfBoundsAreRefused() {
        Tokenizer tokenizer = SampleTokenizer.TINY_LLAMA3.loaded().tokenizer();
        String tooLong = "x".repeat(Tokenizer.TEXT_LENGTH_MAX + 1);

        assertThatThrownBy(() -> tokenizer.encode(tooLong, false)).hasMessageContaining("at most 4194304");
        assertThatThrownBy(() -> tokenizer.encode("abc", List.of(new TextRange(2, 4)), false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tokenizer.encode("abc", List.of(new TextRange(1, 2), new TextRange(0, 1)), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static String withoutLoneSurrogates(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
    }
}
