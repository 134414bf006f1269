package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.carafe.models.CheckpointException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFileTest {
    private static final String TOKEN = "{\"id\":5,\"content\":\"<s>\",\"single_word\":false,\"lstrip\":false,"
            + "\"rstrip\":false,\"normalized\":false,\"special\":true}";
    private static final String VOCABULARY = "{\"<\":0,\"s\":1,\">\":2,\"<s\":3,\"s>\":4,\"<s>\":5}";

    private static String file(String merges) {
        return "{\"version\":\"1.0\",\"added_tokens\":[" + TOKEN + "],\"normalizer\":null,\"pre_tokenizer\":null,"
                + "\"post_processor\":null,\"decoder\":null,\"model\":{\"type\":\"BPE\",\"vocab\":" + VOCABULARY
                + ",\"merges\":" + merges + "}}";
    }

    private static Tokenizer tokenizer(String json) {
        return Tokenizer.of(new TextAssets(json, Map.of(), "<s>", null, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"< s\", \"<s >\"]",
                "[\"< s>\",\"< s\" , \"s >\",\n \"<s >\"]",
                "[[\"<\",\"s\"],[\"<s\",\">\"]]",
                "[ [\"<s\", \">\"], [\"<\", \"s>\"], [\"s\", \">\"], [\"<\", \"s\"] ]",
                "[\"<s >\"]",
                "[]"
            })
    void mergesCannotBuildAProtectedTokenOfUserText(String merges) {
        Tokenizer tokenizer = tokenizer(file(merges));
        List<TextRange> all = List.of(new TextRange(0, 3));

        assertThat(tokenizer.encode("<s>", false)).containsExactly(5);
        assertThat(tokenizer.encode("<s>", all, false)).doesNotContain(5).isNotEmpty();
        if (merges.contains("\"< s\"") || merges.contains("[\"<\",\"s\"]")) {
            assertThat(tokenizer.encode("<s", List.of(new TextRange(0, 2)), false))
                    .as("other merges stay")
                    .containsExactly(3);
        }
    }

    @Test
    void theModelMayStandBeforeTheAddedTokens() {
        String json = "{\"model\":{\"type\":\"BPE\",\"vocab\":" + VOCABULARY + ",\"merges\":[\"< s\",\"<s >\"]},"
                + "\"added_tokens\":[" + TOKEN + "]}";

        assertThat(tokenizer(json).encode("<s><s>", List.of(new TextRange(3, 6)), false))
                .containsExactly(5, 3, 2);
    }

    @Test
    void aTokenThatStandsAloneOnlyIsFoundWhereHuggingFaceFindsIt() {
        String json = SampleTokenizer.TINY_LLAMA3.json();
        String alone = json.replaceFirst("\"single_word\": false", "\"single_word\": true")
                .replaceFirst("\"lstrip\": false", "\"lstrip\": true")
                .replaceFirst("\"rstrip\": false", "\"rstrip\": true");
        assertThat(alone).isNotEqualTo(json);
        Tokenizer tokenizer = Tokenizer.of(new TextAssets(alone, Map.of(), null, null, false));
        NativeTokenizer plain = new NativeTokenizer(alone);
        String token = "<|begin_of_text|>";
        for (String text : List.of(
                token,
                "a" + token,
                token + "b",
                " " + token + "  b",
                "a  " + token,
                "(" + token + ")",
                "\u00E9" + token,
                "_" + token,
                token + token,
                "\uD83D\uDE00" + token + "\u4F60",
                token + "\u0301")) {
            assertThat(tokenizer.encode(text, false)).as(text).isEqualTo(plain.encode(text));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | tokenizer.json is not valid JSON: ",
                "[] | tokenizer.json is not a JSON object",
                "{} | tokenizer.json has no model with a vocabulary",
                "{\"added_tokens\":[],\"model\":3} | tokenizer.json: model is not an object",
                "{\"added_tokens\":{}} | tokenizer.json: added_tokens is no list of at most 100000 tokens",
                "{\"added_tokens\":[1]} | tokenizer.json: added_tokens holds something that is not an object",
                "{\"added_tokens\":[],\"model\":{\"type\":\"Unigram\"}} | tokenizer.json: model type Unigram is not supported, only BPE",
                "{\"added_tokens\":[],\"model\":{\"vocab\":[]}} | tokenizer.json: model.vocab is not an object",
                "{\"added_tokens\":[],\"model\":{\"vocab\":{\"a\":-1}}} | tokenizer.json: id -1 of \"a\" is not between 0 and 2097151",
                "{\"added_tokens\":[],\"model\":{\"vocab\":{\"a\":2097152}}} | tokenizer.json: id 2097152 of \"a\" is not",
                "{\"added_tokens\":[],\"model\":{\"vocab\":{\"a\":\"b\"}}} | tokenizer.json: id of \"a\" in model.vocab is no integer",
                "{\"added_tokens\":[],\"model\":{\"vocab\":{\"a\":99999999999}}} | tokenizer.json is not valid JSON: ",
                "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":{}}} | tokenizer.json: model.merges is not a list",
                "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}} | tokenizer.json cannot be used: ",
                "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[],\"unk_token\":\"u\"}} | tokenizer.json cannot tokenize every text: ",
                "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}} | tokenizer.json cannot be used: ",
            })
    void aFileThatCannotBeUsedIsRefusedInOneLine(String json, String message) {
        assertThatThrownBy(() -> tokenizer(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void manyThreadsEncodeAtOnce() throws InterruptedException, ExecutionException {
        SampleTokenizer.Loaded sample = SampleTokenizer.LLAMA2.loaded();
        List<Future<Integer>> mistakes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int seed = 0; seed < 16; seed++) {
                RandomTexts texts = new RandomTexts(seed, sample.added());
                mistakes.add(threads.submit(() -> {
                    int wrong = 0;
                    for (int i = 0; i < 200; i++) {
                        String text = EncodingTest.withoutLoneSurrogates(texts.next(10));
                        int[] ids = sample.tokenizer().encode(text, false);
                        String expected = sample.plain().decode(ids, ids.length, true);
                        wrong += sample.tokenizer().decode(ids, true).equals(expected) ? 0 : 1;
                        wrong += java.util.Arrays.equals(ids, sample.plain().encode(text)) ? 0 : 1;
                    }
                    return wrong;
                }));
            }
        }
        for (Future<Integer> mistake : mistakes) {
            assertThat(mistake.get()).isZero();
        }
    }
}
