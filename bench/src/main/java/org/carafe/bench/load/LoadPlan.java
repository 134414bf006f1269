package org.carafe.bench.load;

/**
 * How a run of requests is paced.
 *
 * @param concurrency requests under way at once; with a rate, the most of them
 * @param requestsPerSecond mean of a Poisson process (open loop: requests start whether or not others ended); 0: each place starts
 *     its next request when its last one ended (closed loop)
 * @param requests how many to send, unless the time is up before
 * @param secondsMax no request starts after so long; 0: no limit
 * @param seed of the arrival times
 */
public record LoadPlan(int concurrency, double requestsPerSecond, int requests, double secondsMax, long seed) {
    public LoadPlan {
        if (concurrency < 1 || requests < 1 || requestsPerSecond < 0 || secondsMax < 0) {
            throw new IllegalArgumentException("a plan sends at least one request over at least one place");
        }
    }

    /** True where requests start at given times, not when others end. */
    public boolean isOpenLoop() {
        return requestsPerSecond > 0;
    }
}
