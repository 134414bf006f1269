package org.carafe.models.template.jinja;

/**
 * One rendering in progress: where it is and what it may still use up. Owned by one thread.
 *
 * <p>Whoever does work in proportion to the size of a value calls {@link #spend}; whoever recurses over values that a
 * template can nest calls {@link #enter} and {@link #leave}.
 */
public final class Execution {
    /** UTF-16 units copied for the price of one step. */
    private static final int CHARS_PER_STEP = 32;

    private final TemplateLimits limits;
    private long stepsLeft;
    private int depth;
    private Position position = Position.START;

    public Execution(TemplateLimits limits) {
        this.limits = limits;
        this.stepsLeft = limits.stepsMax();
    }

    /** Notes that the operation at this place runs now. */
    public void at(Position place) {
        position = place;
        if (--stepsLeft < 0) {
            throw outOfSteps();
        }
    }

    public void spend(long steps) {
        stepsLeft -= steps;
        if (stepsLeft < 0) {
            throw outOfSteps();
        }
    }

    /** Accounts for a string of this many UTF-16 units about to be made, and refuses one that is too long. */
    public void spendChars(long chars) {
        if (chars > limits.charsMax()) {
            throw Errors.limit("text of " + chars + " characters exceeds the limit of " + limits.charsMax());
        }
        spend(chars / CHARS_PER_STEP);
    }

    public void enter(int levels) {
        depth += levels;
        if (depth > limits.depthMax()) {
            throw Errors.limit("nested calls or values exceed the depth limit of " + limits.depthMax());
        }
    }

    public void leave(int levels) {
        depth -= levels;
    }

    public Position position() {
        return position;
    }

    public int charsMax() {
        return limits.charsMax();
    }

    private RuntimeException outOfSteps() {
        stepsLeft = 0;
        return Errors.limit("template exceeds the limit of " + limits.stepsMax() + " steps");
    }
}
