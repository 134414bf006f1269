package org.carafe.models.template.jinja.value;

/** Python's classes of characters, where they differ from Java's. */
public final class Characters {
    private Characters() {}

    /** {@code str.isspace}: what strip() and split() take off. */
    public static boolean isSpace(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint == ' '
                    || (codePoint >= 0x09 && codePoint <= 0x0d)
                    || (codePoint >= 0x1c && codePoint <= 0x1f);
        }
        return switch (codePoint) {
            case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200a;
        };
    }

    /** Where {@code str.splitlines} breaks. */
    public static boolean isLineBreak(char unit) {
        return switch (unit) {
            case '\n', '\r', 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    /** {@code str.isprintable}: what repr() shows as it is. */
    public static boolean isPrintable(int codePoint) {
        if (codePoint < 0x7f) {
            return codePoint >= ' ';
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** A character of the regular expression class {@code \w}: {@code str.isalnum} or an underscore. */
    public static boolean isWord(int codePoint) {
        return codePoint == '_' || isAlphanumeric(codePoint);
    }

    public static boolean isAlphabetic(int codePoint) {
        return Character.isLetter(codePoint);
    }

    public static boolean isAlphanumeric(int codePoint) {
        return Character.isLetter(codePoint) || isNumeric(codePoint);
    }

    /** {@code str.isdecimal}. */
    public static boolean isDecimal(int codePoint) {
        return Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER;
    }

    /** {@code str.isdigit}: decimals, and superscripts, circled digits and their like. */
    public static boolean isDigit(int codePoint) {
        if (isDecimal(codePoint)) {
            return true;
        }
        return switch (codePoint) {
            case 0xb2, 0xb3, 0xb9, 0x2070, 0x24ea, 0x24ff, 0x19da -> true;
            default ->
                inRange(codePoint, 0x1369, 0x1371)
                        || inRange(codePoint, 0x2074, 0x2079)
                        || inRange(codePoint, 0x2080, 0x2089)
                        || inRange(codePoint, 0x2460, 0x2468)
                        || inRange(codePoint, 0x2474, 0x247c)
                        || inRange(codePoint, 0x2488, 0x2490)
                        || inRange(codePoint, 0x24f5, 0x24fd)
                        || inRange(codePoint, 0x2776, 0x277e)
                        || inRange(codePoint, 0x2780, 0x2788)
                        || inRange(codePoint, 0x278a, 0x2792)
                        || inRange(codePoint, 0x10a40, 0x10a43)
                        || inRange(codePoint, 0x10e60, 0x10e68)
                        || inRange(codePoint, 0x11052, 0x1105a)
                        || inRange(codePoint, 0x1f100, 0x1f10a);
        };
    }

    /** {@code str.isnumeric}: digits, fractions, numerals, and the numbers among the CJK ideographs. */
    public static boolean isNumeric(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            case Character.OTHER_LETTER -> Character.isIdeographic(codePoint) && CJK_NUMBERS.indexOf(codePoint) >= 0;
            default -> false;
        };
    }

    private static boolean inRange(int codePoint, int first, int last) {
        return codePoint >= first && codePoint <= last;
    }

    private static final String CJK_NUMBERS = "\u3405\u3483\u382a\u3b4d\u4e00\u4e03\u4e07\u4e09\u4e5d\u4e8c\u4e94\u4e96"
            + "\u4ebf\u4ec0\u4edf\u4ee8\u4f0d\u4f70\u5104\u5146\u5169\u516b\u516d\u5341"
            + "\u5343\u5344\u5345\u534c\u53c1\u53c2\u53c3\u53c4\u56db\u58f1\u58f9\u5e7a"
            + "\u5efe\u5eff\u5f0c\u5f0d\u5f0e\u5f10\u62fe\u634c\u67d2\u6f06\u7396\u767e"
            + "\u8086\u842c\u8cae\u8cb3\u8d30\u9621\u9646\u964c\u9678\u96f6\uf96b\uf973"
            + "\uf978\uf9b2\uf9d1\uf9d3\uf9fd\ud840\udc01\ud840\udc64\ud840\udce2\ud840\udd21\ud842\udd2a\ud842\udd83\ud842\udd8c"
            + "\ud842\udd9c\ud842\udeea\ud842\udefd\ud842\udf19\ud848\udf90\ud84a\udd98\ud84e\udf1b\ud858\ude6d\ud87e\udc90";
}
