package org.carafe.models.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded random texts: words, white space, many scripts, broken Unicode and the texts of special tokens, whole and in parts. */
final class RandomTexts {
    private static final List<String> FRAGMENTS = List.of(
            "hello",
            "The",
            " quick",
            " brown",
            "fox",
            "don't",
            "I'LL",
            "we've",
            "2024",
            "3.14159",
            "1,000,000",
            "\u0661\u0662\u0663",
            " ",
            "  ",
            "   ",
            "\t",
            "\n",
            "\n\n",
            "\r\n",
            "\u00A0",
            "\u2003",
            "\u3000",
            "\u200B",
            "\uFEFF",
            "na\u00EFve",
            "e\u0301",
            "\u00DF",
            "\u0130",
            "\u4F60\u597D",
            "\u4E16\u754C",
            "\u3053\u3093",
            "\uD55C\uAD6D",
            "\u0645\u0631\u062D\u0628\u0627",
            "\u05E9\u05DC\u05D5\u05DD",
            "\u0928\u092E\u0938\u094D\u0924\u0947",
            "\u0E2A\u0E27\u0E31\u0E2A",
            "\u1019\u103C\u1014\u103A",
            "\u12A0\u121B",
            "\uD83D\uDE00",
            "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
            "\uD83C\uDDE9\uD83C\uDDEA",
            "\uD800\uDC00",
            "\uDBFF\uDFFF",
            "\u2581",
            "\u2581\u2581",
            "\u0120",
            "\u010A",
            "\uFFFD",
            "\uE000",
            "\uE001",
            "\u0000",
            "\u0007",
            "\u007F",
            "\uD800",
            "\uDC00",
            "<",
            ">",
            "|",
            "<|",
            "|>",
            "</",
            "<s",
            "s>",
            "[",
            "]",
            "<0x0A>",
            "<0xFF>",
            "<unused3>",
            "<table>",
            "</h1>",
            "&amp;",
            "def f(x):\n    return x ** 2",
            "{\"k\": [1, 2]}",
            "!!!",
            "...",
            "--",
            "\u2014",
            "\u00BD",
            "x\u0335\u0336");

    private final SplittableRandom random;
    private final List<String> fragments = new ArrayList<>(FRAGMENTS);

    RandomTexts(long seed, List<AddedToken> tokens) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < 40 && !tokens.isEmpty(); i++) {
            String content = tokens.get(random.nextInt(tokens.size())).content();
            fragments.add(content);
            fragments.add(content.substring(0, random.nextInt(content.length()) + 1));
            fragments.add(content.substring(random.nextInt(content.length())));
        }
    }

    SplittableRandom random() {
        return random;
    }

    String next(int fragmentsMax) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(fragmentsMax + 1); i > 0; i--) {
            int kind = random.nextInt(20);
            if (kind == 0) {
                text.appendCodePoint(random.nextInt(0x110000));
            } else if (kind == 1) {
                text.append(" ".repeat(random.nextInt(40)));
            } else if (kind == 2) {
                text.append("\n".repeat(random.nextInt(40)));
            } else {
                text.append(fragments.get(random.nextInt(fragments.size())));
            }
        }
        return text.toString();
    }
}
