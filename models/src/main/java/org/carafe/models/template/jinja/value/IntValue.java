package org.carafe.models.template.jinja.value;

import java.math.BigInteger;
import org.carafe.models.template.jinja.Errors;
import org.jspecify.annotations.Nullable;

/** An int of any size; held as a long where it fits one. */
public final class IntValue implements Value {
    /** Bits an int may have: enough for any template, few enough that no operation on two of them takes long. */
    static final int BITS_MAX = 1 << 15;

    private static final int CACHE_LOW = -128;
    private static final IntValue[] CACHE = new IntValue[1152];

    static {
        for (int i = 0; i < CACHE.length; i++) {
            CACHE[i] = new IntValue(i + CACHE_LOW, null);
        }
    }

    public static final IntValue ZERO = of(0);
    public static final IntValue ONE = of(1);

    private final long small;
    private final @Nullable BigInteger big;

    private IntValue(long small, @Nullable BigInteger big) {
        this.small = small;
        this.big = big;
    }

    public static IntValue of(long value) {
        if (value >= CACHE_LOW && value < CACHE_LOW + CACHE.length) {
            return CACHE[(int) (value - CACHE_LOW)];
        }
        return new IntValue(value, null);
    }

    public static IntValue of(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return of(value.longValue());
        }
        if (value.bitLength() > BITS_MAX) {
            throw Errors.limit("integer of " + value.bitLength() + " bits exceeds the limit of " + BITS_MAX);
        }
        return new IntValue(0, value);
    }

    public boolean isSmall() {
        return big == null;
    }

    /** The value, where {@link #isSmall}. */
    public long small() {
        if (big != null) {
            throw new IllegalStateException("int does not fit 64 bits");
        }
        return small;
    }

    public BigInteger big() {
        return big == null ? BigInteger.valueOf(small) : big;
    }

    public int signum() {
        return big == null ? Long.signum(small) : big.signum();
    }

    /** As an index or count, where every value beyond an int's range is as good as that range's end. */
    public int clamped() {
        if (big != null) {
            return big.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        return Math.clamp(small, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    public double toDouble() {
        if (big == null) {
            return small;
        }
        double value = big.doubleValue();
        if (Double.isInfinite(value)) {
            throw Errors.arithmetic("int too large to convert to float");
        }
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IntValue that
                && small == that.small
                && (big == null ? that.big == null : big.equals(that.big));
    }

    @Override
    public int hashCode() {
        return big == null ? Long.hashCode(small) : big.hashCode();
    }

    /** Python's {@code str(int)}, with its limit of 4,300 digits. */
    @Override
    public String toString() {
        if (big == null) {
            return Long.toString(small);
        }
        String digits = big.toString();
        if (digits.length() - (big.signum() < 0 ? 1 : 0) > 4300) {
            throw Errors.value("Exceeds the limit (4300 digits) for integer string conversion;"
                    + " use sys.set_int_max_str_digits() to increase the limit");
        }
        return digits;
    }

    @Override
    public String typeName() {
        return "int";
    }

    @Override
    public boolean truth() {
        return big != null || small != 0;
    }
}
