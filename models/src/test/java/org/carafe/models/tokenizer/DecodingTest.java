package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecodingTest {
    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void deltasJoinedAreWhatHuggingFaceDecodes(SampleTokenizer sample) {
        Tokenizer tokenizer = sample.loaded().tokenizer();
        NativeTokenizer plain = sample.loaded().plain();
        RandomTexts texts = new RandomTexts(3, sample.loaded().added());
        for (int i = 0; i < 3_000; i++) {
            int[] ids = i % 2 == 0
                    ? tokenizer.encode(texts.next(10), false)
                    : IntStream.range(0, texts.random().nextInt(30))
                            .map(n -> texts.random().nextInt(tokenizer.vocabularySize() + 3))
                            .toArray();
            for (boolean skipSpecial : new boolean[] {true, false}) {
                String expected = plain.decode(ids, ids.length, skipSpecial);
                assertThat(tokenizer.decode(ids, skipSpecial)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void aContinuationIsWhatFollowsThePromptInTheWholeText(SampleTokenizer sample) {
        Tokenizer tokenizer = sample.loaded().tokenizer();
        NativeTokenizer plain = sample.loaded().plain();
        RandomTexts texts = new RandomTexts(4, sample.loaded().added());
        int[] prompt = tokenizer.encode("Say hello", false);
        String promptText = plain.decode(prompt, prompt.length, true);
        for (int i = 0; i < 2_000; i++) {
            int[] ids = tokenizer.encode(texts.next(10), false);
            int[] all =
                    IntStream.concat(IntStream.of(prompt), IntStream.of(ids)).toArray();
            IncrementalDecoder decoder = tokenizer.decoder(Start.CONTINUATION, true);
            StringBuilder text = new StringBuilder(promptText);
            for (int id : ids) {
                text.append(decoder.append(id));
            }
            text.append(decoder.finish());
            assertThat(text.toString()).isEqualTo(plain.decode(all, all.length, true));
        }
    }
}
