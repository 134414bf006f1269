package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.carafe.models.checkpoint.TextAssets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodingTest {
    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void trustedTextHasTheIdsThatHuggingFaceGives(SampleTokenizer sample) {
        Tokenizer tokenizer = Tokenizer.of(sample.assets());
        NativeTokenizer plain = new NativeTokenizer(sample.json());
        RandomTexts texts = new RandomTexts(1, added(sample));
        for (int i = 0; i < 4_000; i++) {
            String text = texts.next(12);
            // Encoded as UTF-8 and back, a lone surrogate is '?': put what Carafe puts.
            int[] expected = plain.encode(withoutLoneSurrogates(text));
            assertThat(tokenizer.encode(text, false)).as(text).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void untrustedTextNeverBecomesAControlTokenAndTrustedTextAlwaysDoes(SampleTokenizer sample) {
        Tokenizer tokenizer = Tokenizer.of(sample.assets());
        List<AddedToken> added = added(sample);
        List<AddedToken> control = added.stream().filter(AddedToken::isControl).toList();
        BitSet controlIds = new BitSet();
        control.forEach(token -> controlIds.set(token.id()));
        RandomTexts texts = new RandomTexts(2, added);
        for (int i = 0; i < 3_000; i++) {
            StringBuilder prompt = new StringBuilder();
            List<TextRange> untrusted = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            for (int part = texts.random().nextInt(5); part >= 0; part--) {
                AddedToken token = control.get(texts.random().nextInt(control.size()));
                prompt.append(token.content());
                expected.add(token.id());
                int start = prompt.length();
                prompt.append(texts.next(6));
                untrusted.add(new TextRange(start, prompt.length()));
            }
            List<Integer> found = new ArrayList<>();
            for (int id : tokenizer.encode(prompt.toString(), untrusted, false)) {
                // Unknown characters of tokenizers without bytes for them are <unk>, whoever wrote them.
                if (controlIds.get(id) && !tokenizer.tokenText(id).equals("<unk>")) {
                    found.add(id);
                }
            }
            expected.removeIf(id -> tokenizer.tokenText(id).equals("<unk>"));
            assertThat(found).as(prompt.toString()).isEqualTo(expected);
        }
    }

    @Test
    void tokensThatAreLookedForInNormalizedTextAreFoundWhereHuggingFaceFindsThem() {
        String json = SampleTokenizer.TINY_MISTRAL.json().replace("\"normalized\": false", "\"normalized\": true");
        Tokenizer tokenizer = Tokenizer.of(new TextAssets(json, Map.of(), "<s>", "</s>", true));
        NativeTokenizer plain = new NativeTokenizer(json);
        RandomTexts texts = new RandomTexts(6, added(SampleTokenizer.TINY_MISTRAL));
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
        Tokenizer tokenizer = Tokenizer.of(SampleTokenizer.TINY_LLAMA3.assets());
        int begin = tokenizer.beginTokenId().orElseThrow();

        assertThat(tokenizer.addsBeginToken()).isTrue();
        assertThat(tokenizer.tokenText(begin)).isEqualTo("<|begin_of_text|>");
        assertThat(tokenizer.encode("", true)).containsExactly(begin);
        assertThat(tokenizer.encode("<|begin_of_text|>", true)).containsExactly(begin, begin);
    }

    @Test
    void aControlTokenThatIsPartlyWrittenByAUserIsText() {
        Tokenizer tokenizer = Tokenizer.of(SampleTokenizer.TINY_LLAMA3.assets());
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
        Tokenizer tokenizer = Tokenizer.of(SampleTokenizer.TINY_LLAMA3.assets());
        String tooLong = "x".repeat(Tokenizer.TEXT_LENGTH_MAX + 1);

        assertThatThrownBy(() -> tokenizer.encode(tooLong, false)).hasMessageContaining("at most 8388608");
        assertThatThrownBy(() -> tokenizer.encode("abc", List.of(new TextRange(2, 4)), false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tokenizer.encode("abc", List.of(new TextRange(1, 2), new TextRange(0, 1)), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static List<AddedToken> added(SampleTokenizer sample) {
        return TokenizerFileReader.read(sample.json(), java.util.Set.of()).added();
    }

    static String withoutLoneSurrogates(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
    }
}
