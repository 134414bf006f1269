package org.carafe.inference.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stop strings in a text that comes in pieces: one Knuth-Morris-Pratt automaton for each. The stop string that ends first
 * wins, of several that end at one place the longest: so the answer does not depend on how its text was cut into tokens.
 */
final class StopMatcher {
    private final String[] stops;
    private final int[][] failures;
    private final int[] states;
    private int hitEnd = -1;
    private @Nullable String hit;

    StopMatcher(List<String> stops) {
        this.stops = stops.toArray(String[]::new);
        this.failures = new int[this.stops.length][];
        for (int i = 0; i < failures.length; i++) {
            failures[i] = failureFunction(this.stops[i]);
        }
        this.states = new int[this.stops.length];
    }

    private StopMatcher(StopMatcher other) {
        stops = other.stops;
        failures = other.failures;
        states = other.states.clone();
    }

    /** The same, at the same place, to look ahead with. */
    StopMatcher copy() {
        return new StopMatcher(this);
    }

    /** {@code failure[k]}: length of the longest proper prefix of the stop string that its first k characters end with. */
    private static int[] failureFunction(String stop) {
        int[] failure = new int[stop.length() + 1];
        for (int end = 2, length = 0; end <= stop.length(); end++) {
            while (length > 0 && stop.charAt(end - 1) != stop.charAt(length)) {
                length = failure[length];
            }
            if (stop.charAt(end - 1) == stop.charAt(length)) {
                length++;
            }
            failure[end] = length;
        }
        return failure;
    }

    /** Reads on; true where a stop string ended in this text (then no more is read). */
    boolean find(CharSequence text) {
        for (int at = 0; at < text.length(); at++) {
            read(text.charAt(at));
            if (hit != null) {
                hitEnd = at + 1;
                return true;
            }
        }
        return false;
    }

    /** Reads on through text in which stop strings do not count. */
    void pass(CharSequence text) {
        for (int at = 0; at < text.length(); at++) {
            read(text.charAt(at));
        }
        hit = null;
    }

    private void read(char next) {
        for (int i = 0; i < states.length; i++) {
            String stop = stops[i];
            int state = states[i];
            if (state == stop.length()) {
                state = failures[i][state];
            }
            while (state > 0 && stop.charAt(state) != next) {
                state = failures[i][state];
            }
            if (stop.charAt(state) == next) {
                state++;
            }
            states[i] = state;
            if (state == stop.length() && (hit == null || hit.length() < state)) {
                hit = stop;
            }
        }
    }

    /** Where the stop string that was found ends in the text read last. */
    int hitEnd() {
        return hitEnd;
    }

    /** The stop string that was found. */
    @Nullable
    String hit() {
        return hit;
    }

    /** How many of the last characters may be the beginning of a stop string. */
    int undecided() {
        int longest = 0;
        for (int i = 0; i < states.length; i++) {
            int state = states[i];
            longest = Math.max(longest, state == stops[i].length() ? failures[i][state] : state);
        }
        return longest;
    }
}
