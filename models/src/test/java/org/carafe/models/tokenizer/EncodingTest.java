package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

    static List<AddedToken> added(SampleTokenizer sample) {
        return TokenizerFileReader.read(sample.json(), java.util.Set.of()).added();
    }

    static String withoutLoneSurrogates(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
    }
}
