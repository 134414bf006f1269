package org.carafe.server.ledger;

import java.math.BigDecimal;

/** Credits as people write them, and the micro-credits that everything counts in. */
public final class Credits {
    /** Micro-credits of a credit. */
    public static final long MICROS = 1_000_000;

    /** More credits than that no amount, price or limit may have: sums stay far from the end of a long. */
    public static final long CREDITS_MAX = 1_000_000_000_000L;

    private static final int DECIMALS_MAX = 6;
    private static final int CHARS_MAX = 32;

    private Credits() {}

    /**
     * Micro-credits of a decimal number such as {@code 12.5}.
     *
     * @throws IllegalArgumentException one line: not a number, more than six decimals, or beyond a million million
     */
    public static long parse(String text) {
        if (text.length() > CHARS_MAX || !text.matches("-?[0-9]+(\\.[0-9]+)?")) {
            throw new IllegalArgumentException(
                    "'" + (text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "…" : text)
                            + "' is not an amount of credits such as 12.5");
        }
        return micros(new BigDecimal(text));
    }

    /** Micro-credits of a number of credits; throws as {@link #parse}. */
    public static long micros(BigDecimal credits) {
        BigDecimal plain = credits.stripTrailingZeros();
        if (plain.scale() > DECIMALS_MAX) {
            throw new IllegalArgumentException("credits have at most " + DECIMALS_MAX + " decimals");
        }
        if (plain.abs().compareTo(BigDecimal.valueOf(CREDITS_MAX)) > 0) {
            throw new IllegalArgumentException("an amount is at most " + CREDITS_MAX + " credits");
        }
        return plain.movePointRight(DECIMALS_MAX).longValueExact();
    }

    /** Credits of micro-credits, without needless zeros. */
    public static BigDecimal of(long micros) {
        BigDecimal credits = BigDecimal.valueOf(micros, DECIMALS_MAX).stripTrailingZeros();
        return credits.scale() < 0 ? credits.setScale(0) : credits;
    }

    /** As text: {@code 12.5}. */
    public static String show(long micros) {
        return of(micros).toPlainString();
    }
}
