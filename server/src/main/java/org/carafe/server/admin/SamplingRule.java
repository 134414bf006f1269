package org.carafe.server.admin;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.carafe.server.accounts.Worded;

/** What an assistant may set of a chat request's sampling, with the ranges that the request has. */
enum SamplingRule implements Worded {
    TEMPERATURE(false, 0, 2),
    TOP_P(false, 0, 1),
    TOP_K(true, 0, 1_000_000),
    MIN_P(false, 0, 1),
    PRESENCE_PENALTY(false, -2, 2),
    FREQUENCY_PENALTY(false, -2, 2),
    REPETITION_PENALTY(false, 0.01, 10),
    MAX_TOKENS(true, 1, 1_000_000),
    SEED(true, 0, Long.MAX_VALUE);

    private final boolean whole;
    private final double min;
    private final double max;

    SamplingRule(boolean whole, double min, double max) {
        this.whole = whole;
        this.min = min;
        this.max = max;
    }

    /** Checks every value; whole ones become a {@code Long}, others a {@code Double}. */
    static Map<String, Number> check(Map<String, ? extends Number> sampling) {
        Map<String, Number> checked = new TreeMap<>();
        sampling.forEach((field, value) -> checked.put(field, of(field).check(value)));
        return checked;
    }

    private static SamplingRule of(String field) {
        return Worded.of(SamplingRule.class, field)
                .orElseThrow(() -> ActException.invalid("an assistant's sampling has no " + Check.shown(field) + ": "
                        + Arrays.stream(values()).map(SamplingRule::word).collect(Collectors.joining(", "))));
    }

    private Number check(Number value) {
        double number = value.doubleValue();
        boolean fits = !whole || number == Math.rint(number);
        if (!fits || !(number >= min && number <= max)) {
            throw ActException.invalid("sampling's " + word() + " must be " + (whole ? "a whole number " : "")
                    + "between " + BigDecimal.valueOf(min).stripTrailingZeros().toPlainString() + " and "
                    + BigDecimal.valueOf(max).stripTrailingZeros().toPlainString() + ", not " + value);
        }
        return whole ? (Number) value.longValue() : (Number) number;
    }
}
