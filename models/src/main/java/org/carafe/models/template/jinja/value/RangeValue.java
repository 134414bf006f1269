package org.carafe.models.template.jinja.value;

import org.carafe.models.template.jinja.Errors;

/**
 * A range; never more than {@value #LENGTH_MAX} items, the sandbox's MAX_RANGE.
 *
 * @param length number of items, which follows from the other three
 */
public record RangeValue(long start, long stop, long step, int length) implements Value {
    static final int LENGTH_MAX = 100_000;

    public static RangeValue of(long start, long stop, long step) {
        if (step == 0) {
            throw Errors.value("range() arg 3 must not be zero");
        }
        double span = step > 0 ? (double) stop - start : (double) start - stop;
        long length = 0;
        if (span > 0) {
            double items = Math.ceil(span / Math.abs((double) step));
            if (items > LENGTH_MAX) {
                throw Errors.arithmetic(
                        "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + LENGTH_MAX + ").");
            }
            long distance = step > 0 ? stop - start : start - stop;
            long stride = Math.abs(step);
            length = (distance + stride - 1) / stride;
        }
        return new RangeValue(start, stop, step, (int) length);
    }

    public IntValue get(int index) {
        return IntValue.of(start + index * step);
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public boolean truth() {
        return length > 0;
    }
}
