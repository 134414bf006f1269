package org.carafe.server.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written as {@code 4GiB}, {@code 512MiB}, {@code 1.5GB} or {@code 1048576}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s?([KMGT]i?B?|B?)", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";

    /** Parses a size; units are B, KB to TB (powers of 1000) and KiB to TiB (powers of 1024); a bare {@code 4G} is 4GiB. */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new SettingException("'" + text + "' is no size: write for example 4GiB or 512MiB");
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(unitBytes(matcher.group(2)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new SettingException("'" + text + "' is too large a size");
        }
        return new ByteSize(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    private static BigDecimal unitBytes(String unit) {
        String upper = unit.toUpperCase(Locale.ROOT);
        if (upper.isEmpty() || upper.equals("B")) {
            return BigDecimal.ONE;
        }
        boolean decimal = upper.length() == 2 && upper.endsWith("B");
        return BigDecimal.valueOf(decimal ? 1000 : 1024).pow(UNITS.indexOf(upper.charAt(0)) + 1);
    }

    /** The size for people: {@code 3.4 GiB}. */
    @Override
    public String toString() {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double value = bytes / (double) (1L << (10 * power));
        return String.format(Locale.ROOT, value < 10 ? "%.1f %siB" : "%.0f %siB", value, "KMGTPE".charAt(power - 1));
    }
}
