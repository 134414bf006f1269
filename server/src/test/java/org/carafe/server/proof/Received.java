package org.carafe.server.proof;

import java.util.Arrays;

/** What a client saw of one stream. Written by its thread, read after that has ended. */
final class Received {
    final String requestId;
    final int tokensMax;
    /** 0: not even headers. */
    int status;
    /** The event with a finish reason was there, which follows the settlement. */
    boolean finished;

    String error = "";
    private long[] arrivals = new long[64];
    private int tokens;

    Received(String requestId, int tokensMax) {
        this.requestId = requestId;
        this.tokensMax = tokensMax;
    }

    void tokens(int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            if (tokens == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * tokens);
            }
            arrivals[tokens++] = nowNanos;
        }
    }

    int tokens() {
        return tokens;
    }

    /** Of them, those that came before a moment. */
    int tokensBefore(long nanos) {
        int count = 0;
        while (count < tokens && arrivals[count] - nanos < 0) {
            count++;
        }
        return count;
    }

    @Override
    public String toString() {
        return requestId + ": status " + status + ", " + tokens + " of " + tokensMax + " tokens"
                + (finished ? ", finished" : "") + (error.isEmpty() ? "" : ", " + error);
    }
}
