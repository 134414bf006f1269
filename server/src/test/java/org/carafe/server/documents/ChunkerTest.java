package org.carafe.server.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ChunkerTest {
    @Test
    void aShortTextIsOnePassage() {
        assertThat(Chunker.passages("One.\n\nTwo.\n \nThree.")).containsExactly("One.\n\nTwo.\n\nThree.");
    }

    @Test
    void nothingHasNoPassages() {
        assertThat(Chunker.passages(" \n\n \n")).isEmpty();
    }

    @Test
    void paragraphsStayWholeWhereTheyFit() {
        String paragraph = "Some sentence that says a little. ".repeat(15).strip();
        List<String> passages = Chunker.passages(String.join("\n\n", paragraph, paragraph, paragraph));
        assertThat(passages)
                .hasSize(3)
                .allSatisfy(passage -> assertThat(passage).endsWith(paragraph));
    }

    @Test
    void aLongParagraphIsCutAfterASentence() {
        List<String> passages = Chunker.passages("This is a sentence of no great length. ".repeat(100));
        assertThat(passages)
                .hasSizeGreaterThan(3)
                .allSatisfy(passage -> assertThat(passage).endsWith("."));
    }

    @Test
    void aPassageBeginsWithTheEndOfTheOneBefore() {
        List<String> passages = Chunker.passages("alpha beta gamma delta epsilon ".repeat(200));
        for (int i = 1; i < passages.size(); i++) {
            String first = passages.get(i).substring(0, passages.get(i).indexOf('\n'));
            assertThat(first).isNotBlank();
            assertThat(passages.get(i - 1)).endsWith(first);
        }
    }

    @Test
    void everyWordOfAnyTextIsInAPassageAndNoPassageIsTooLong() {
        Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            StringBuilder text = new StringBuilder();
            int words = random.nextInt(2_000);
            for (int i = 0; i < words; i++) {
                text.append("w").append(i);
                text.append(" ., \n\n\n\t".charAt(random.nextInt(8)));
                text.append(random.nextInt(40) == 0 ? "\n\n" : " ");
            }
            List<String> passages = Chunker.passages(text.toString());
            assertThat(passages)
                    .allSatisfy(passage -> assertThat(passage)
                            .isNotBlank()
                            .hasSizeLessThanOrEqualTo(DocumentLimits.PASSAGE_CHARS_MAX));
            Set<String> found = Pattern.compile("w[0-9]+")
                    .matcher(String.join(" ", passages))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toSet());
            assertThat(found)
                    .contains(IntStream.range(0, words).mapToObj(i -> "w" + i).toArray(String[]::new));
        }
    }

    @Test
    void aTextWithoutSpacesIsCutBetweenCharacters() {
        List<String> passages = Chunker.passages("😀".repeat(3_000));
        assertThat(String.join("", passages)).isEqualTo("😀".repeat(3_000));
        assertThat(passages)
                .allSatisfy(passage -> assertThat(passage.length() % 2).isZero());
    }
}
