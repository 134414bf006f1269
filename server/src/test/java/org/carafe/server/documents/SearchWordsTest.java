package org.carafe.server.documents;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SearchWordsTest {
    @Test
    void wordsComeInOrderInSmallLettersAndOnce() {
        assertThat(SearchWords.of("What is your Return policy? A return, please."))
                .containsExactly("what", "is", "your", "policy", "a", "return", "please");
    }

    @Test
    void noCharacterOfAQuestionIsSyntax() {
        assertThat(SearchWords.of("\"a\" OR b* NEAR(c, 2) AND -d : {e} ^f (g) | 'h' & !i <-> j \\k"))
                .allSatisfy(word -> assertThat(word).matches("[a-z0-9]+"));
    }

    @Test
    void marksAndDigitsBelongToWords() {
        assertThat(SearchWords.of("हिन्दी 30ml café 𝕏")).containsExactly("हिन्दी", "30ml", "café", "𝕏");
    }

    @Test
    void theLastWordsOfALongQuestionAreTaken() {
        StringBuilder long1 = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            long1.append("w").append(i).append(' ');
        }
        assertThat(SearchWords.of(long1.toString()))
                .hasSize(DocumentLimits.WORDS_MAX)
                .endsWith("w99998", "w99999");
        assertThat(SearchWords.of("x".repeat(4_000_000) + " end")).containsExactly("end");
    }

    @Test
    void aQuestionMayHaveNoWords() {
        assertThat(SearchWords.of("?! …")).isEmpty();
    }
}
