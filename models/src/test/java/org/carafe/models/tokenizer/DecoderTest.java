package org.carafe.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static final Tokenizer BYTE_LEVEL =
            SampleTokenizer.TINY_LLAMA3.loaded().tokenizer();
    private static final Tokenizer PIECES =
            SampleTokenizer.TINY_MISTRAL.loaded().tokenizer();

    @Test
    void aCharacterComesWithItsLastByte() {
        int[] smile = BYTE_LEVEL.encode("\uD83D\uDE00", false);
        IncrementalDecoder decoder = BYTE_LEVEL.decoder(Start.CONTINUATION, true);

        assertThat(smile).hasSize(4);
        assertThat(decoder.append(smile[0])).isEmpty();
        assertThat(decoder.append(smile[1])).isEmpty();
        assertThat(decoder.append(smile[2])).isEmpty();
        assertThat(decoder.append(smile[3])).isEqualTo("\uD83D\uDE00");
        assertThat(decoder.append(smile[0])).isEmpty();
        assertThat(decoder.append(BYTE_LEVEL.encode("a", false)[0])).isEqualTo("\uFFFDa");
        assertThat(decoder.append(smile[0])).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
    }

    @Test
    void aSkippedSpecialTokenDoesNotBreakACharacter() {
        int[] accent = BYTE_LEVEL.encode("\u00E9", false);
        int special = BYTE_LEVEL.tokenToId("<|eot_id|>").orElseThrow();
        IncrementalDecoder decoder = BYTE_LEVEL.decoder(Start.CONTINUATION, true);

        assertThat(decoder.append(accent[0]) + decoder.append(special) + decoder.append(accent[1]))
                .isEqualTo("\u00E9");
    }

    @Test
    void aRunOfBytesWaitsForItsEndButNotLongerThanTheLimit() {
        IncrementalDecoder decoder = PIECES.decoder(Start.CONTINUATION, true);
        int piece = PIECES.tokenToId("a").orElseThrow();
        StringBuilder text = new StringBuilder();
        int longest = 0;
        for (int i = 0; i < 100; i++) {
            for (byte value : "\u1019".getBytes(StandardCharsets.UTF_8)) {
                text.append(decoder.append(byteToken(value)));
                longest = Math.max(longest, (i + 1) * 3 - text.length() * 3);
            }
        }
        assertThat(longest).isLessThanOrEqualTo(PieceDecoder.HELD_BYTES_MAX + 3);
        assertThat(text.append(decoder.append(piece)).toString()).isEqualTo("\u1019".repeat(100) + "a");
        assertThat(decoder.append(byteToken((byte) '\n')) + "|" + decoder.waiting() + "|" + decoder.append(piece))
                .isEqualTo("|\n|\na");
    }

    @Test
    void theLeadingSpaceOfATextIsDroppedAndThatOfAContinuationKept() {
        int[] ids = PIECES.encode("the", false);

        assertThat(PIECES.tokenText(ids[0])).startsWith("\u2581");
        assertThat(text(PIECES.decoder(Start.TEXT, true), ids)).isEqualTo("the");
        assertThat(text(PIECES.decoder(Start.CONTINUATION, true), ids)).isEqualTo(" the");
        assertThat(PIECES.tokenString(ids[0])).startsWith(" ");
    }

    @Test
    void idsWithoutATokenHaveNoText() {
        for (Tokenizer tokenizer : List.of(BYTE_LEVEL, PIECES)) {
            for (int id : new int[] {-1, tokenizer.vocabularySize(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThat(tokenizer.decode(new int[] {id}, false)).isEmpty();
                assertThat(tokenizer.tokenText(id)).isEmpty();
                assertThat(tokenizer.tokenBytes(id)).isEmpty();
                assertThat(tokenizer.isSpecial(id)).isFalse();
            }
        }
    }

    @Test
    void bytesOfAllTokensJoinedAreTheUtf8OfTheText() {
        String text = "na\u00EFve \uD83D\uDE00 \u4F60\u597D";
        for (Tokenizer tokenizer : List.of(BYTE_LEVEL, PIECES)) {
            List<Byte> bytes = new ArrayList<>();
            for (int id : tokenizer.encode(text, false)) {
                for (byte value : tokenizer.tokenBytes(id)) {
                    bytes.add(value);
                }
            }
            byte[] joined = new byte[bytes.size()];
            for (int i = 0; i < joined.length; i++) {
                joined[i] = bytes.get(i);
            }
            assertThat(new String(joined, StandardCharsets.UTF_8).strip()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"always\",\"split\":true}",
                "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"first\",\"split\":false}",
                "{\"type\":\"Metaspace\",\"replacement\":\"\u2581\",\"prepend_scheme\":\"never\",\"split\":false}",
                "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}]}",
                "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"\u2581\"},\"content\":\"_\"},{\"type\":\"Fuse\"}]}",
                "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":2,\"stop\":0}]}",
                "{\"type\":\"Fuse\"}",
            })
    void otherDecodersGiveWhatHuggingFaceGives(String decoder) {
        String json = SampleTokenizer.TINY_MISTRAL.json();
        int start = json.indexOf("\"decoder\":");
        String changed = json.substring(0, start) + "\"decoder\":" + decoder + ","
                + json.substring(json.indexOf("\"model\":", start));
        Tokenizer tokenizer = Tokenizer.of(new TextAssets(changed, Map.of(), "<s>", "</s>", true));
        NativeTokenizer plain = new NativeTokenizer(changed);
        RandomTexts texts =
                new RandomTexts(8, SampleTokenizer.TINY_MISTRAL.loaded().added());
        for (int i = 0; i < 300; i++) {
            int[] ids = tokenizer.encode(texts.next(8), false);
            assertThat(tokenizer.decode(ids, true)).isEqualTo(plain.decode(ids, ids.length, true));
            assertThat(tokenizer.decode(ids, false)).isEqualTo(plain.decode(ids, ids.length, false));
        }
    }

    private static int byteToken(byte value) {
        return PIECES.tokenToId("<0x%02X>".formatted(value & 0xFF)).orElseThrow();
    }

    private static String text(IncrementalDecoder decoder, int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.append(id));
        }
        return text.append(decoder.finish()).toString();
    }
}
