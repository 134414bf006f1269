package org.carafe.bench.load;

import java.util.Map;

/**
 * The figures of one run; times in milliseconds.
 *
 * @param targetRequestsPerSecond 0: closed loop
 * @param failures how many failed, by kind
 * @param ttft time to the first token, from when the request was due; streamed answers only
 * @param itl gaps between tokens as the reader saw them; tokens that arrived together share a gap
 * @param tpot per request: time after the first token, per token
 * @param e2e from when the request was due to its last byte
 */
public record Summary(
        int concurrency,
        double targetRequestsPerSecond,
        int succeeded,
        int failed,
        Map<String, Integer> failures,
        double seconds,
        double requestsPerSecond,
        double outputTokensPerSecond,
        double promptTokensPerSecond,
        Quantiles ttft,
        Quantiles itl,
        Quantiles tpot,
        Quantiles e2e) {}
