package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carafe.models.CheckpointException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufTokenizerTest {
    @ParameterizedTest
    @EnumSource(SampleTokenizer.class)
    void aTokenizerThatWentThroughGgufGivesTheSameIdsAndText(SampleTokenizer sample) throws IOException {
        NativeTokenizer original = sample.loaded().plain();
        TextAssets assets = GgufTokenizer.textAssets(metadata(sample));
        Tokenizer rebuilt = Tokenizer.of(assets);
        RandomTexts texts = new RandomTexts(5, sample.loaded().added());

        for (int i = 0; i < 2_000; i++) {
            String text = texts.next(12);
            int[] expected = original.encode(EncodingTest.withoutLoneSurrogates(text));
            assertThat(rebuilt.encode(text, false)).as(text).isEqualTo(expected);
            assertThat(rebuilt.decode(expected, true)).isEqualTo(original.decode(expected, expected.length, true));
        }
        assertThat(assets.beginToken()).isEqualTo(sample.assets().beginToken());
        assertThat(assets.endToken()).isEqualTo(sample.assets().endToken());
        assertThat(assets.addBeginToken()).isTrue();
    }

    @Test
    void endTokensAreThoseTheFileNamesAndControlTokensThatEndATurn() throws IOException {
        Map<String, Object> metadata = metadata(SampleTokenizer.TINY_LLAMA3);
        int endOfText = ((List<?>) metadata.get("tokenizer.ggml.tokens")).indexOf("<|end_of_text|>");
        int endOfTurn = ((List<?>) metadata.get("tokenizer.ggml.tokens")).indexOf("<|eot_id|>");

        assertThat(GgufTokenizer.endTokenIds(metadata)).containsExactly(endOfText, endOfTurn);
    }

    @Test
    void chatTemplatesAreFoundByName() throws IOException {
        Map<String, Object> metadata = metadata(SampleTokenizer.TINY_LLAMA3);
        metadata.put("tokenizer.chat_template", "plain");
        metadata.put("tokenizer.chat_template.tool_use", "with tools");

        assertThat(GgufTokenizer.textAssets(metadata).chatTemplates())
                .isEqualTo(Map.of("default", "plain", "tool_use", "with tools"));
    }

    @Test
    void whatIsNotSupportedIsNamed() throws IOException {
        Map<String, Object> metadata = metadata(SampleTokenizer.TINY_LLAMA3);
        metadata.put("tokenizer.ggml.pre", "no-such");
        assertThatThrownBy(() -> GgufTokenizer.toTokenizerJson(metadata))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("tokenizer.ggml.pre \"no-such\" is not supported, only ")
                .hasMessageContaining("llama-bpe");
        metadata.put("tokenizer.ggml.model", "bert");
        assertThatThrownBy(() -> GgufTokenizer.toTokenizerJson(metadata))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("tokenizer.ggml.model \"bert\": only gpt2 and llama are supported");
        metadata.put("tokenizer.ggml.token_type", List.of(1L));
        assertThatThrownBy(() -> GgufTokenizer.toTokenizerJson(metadata))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("tokenizer.ggml.token_type has 1 entries for 512 tokens");
        assertThatThrownBy(() -> GgufTokenizer.toTokenizerJson(Map.of()))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the GGUF file has no tokenizer.ggml.tokens");
    }

    /** What llama.cpp's converter writes for a tokenizer.json: pieces scored by the first merge that makes them. */
    static Map<String, Object> metadata(SampleTokenizer sample) throws IOException {
        JsonNode root = new ObjectMapper().readTree(sample.json());
        JsonNode model = root.get("model");
        boolean sentencePiece = model.path("byte_fallback").asBoolean();
        Map<String, Integer> ids = new HashMap<>();
        model.get("vocab")
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
        for (JsonNode token : root.get("added_tokens")) {
            ids.put(token.get("content").asText(), token.get("id").intValue());
        }
        List<String> tokens = new ArrayList<>(Collections.nCopies(ids.size(), ""));
        List<Long> types = new ArrayList<>(Collections.nCopies(ids.size(), 1L));
        ids.forEach((token, id) -> {
            tokens.set(id, token);
            types.set(id, sentencePiece && token.matches("<0x[0-9A-F]{2}>") ? 6L : 1L);
        });
        for (JsonNode token : root.get("added_tokens")) {
            types.set(token.get("id").intValue(), token.get("special").booleanValue() ? 3L : 4L);
        }
        List<String> merges = new ArrayList<>();
        model.get("merges").forEach(merge -> merges.add(merge.asText()));

        Map<String, Object> metadata = new HashMap<>();
        if (sentencePiece) {
            List<Double> scores = new ArrayList<>(Collections.nCopies(ids.size(), -1e6));
            for (int rank = merges.size() - 1; rank >= 0; rank--) {
                scores.set(ids.get(merges.get(rank).replace(" ", "")), (double) -rank);
            }
            metadata.put("tokenizer.ggml.scores", scores);
            metadata.put("tokenizer.ggml.unknown_token_id", (long) ids.get("<unk>"));
            metadata.put(
                    "tokenizer.ggml.add_space_prefix",
                    root.get("normalizer").toString().contains("Prepend"));
            types.set(ids.get("<unk>"), 2L);
        } else {
            metadata.put("tokenizer.ggml.merges", merges);
            metadata.put("tokenizer.ggml.pre", "llama-bpe");
        }
        metadata.put("tokenizer.ggml.model", sentencePiece ? "llama" : "gpt2");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put(
                "tokenizer.ggml.bos_token_id", (long) ids.get(sample.assets().beginToken()));
        metadata.put(
                "tokenizer.ggml.eos_token_id", (long) ids.get(sample.assets().endToken()));
        return metadata;
    }
}
