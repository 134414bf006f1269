package org.carafe.bench.peers;

/**
 * What everyone is measured on.
 *
 * @param prefillTokens length of the prompt whose prefill is timed; decoding goes on behind it
 * @param decodeTokens tokens decoded by the one stream
 * @param streams streams decoded at once in the batched measurement; 1: none
 * @param streamPromptTokens prompt of each of them
 * @param streamTokens tokens that each decodes, all streams running throughout
 * @param threads CPU threads
 */
record Workload(
        int prefillTokens, int decodeTokens, int streams, int streamPromptTokens, int streamTokens, int threads) {
    /** @throws IllegalArgumentException with one line for the user if it cannot be run */
    Workload {
        within("--prefill", prefillTokens, 16, 32_768);
        within("--decode", decodeTokens, 1, 32_768);
        within("--streams", streams, 1, 256);
        within("--stream-prompt", streamPromptTokens, 2, 32_768);
        within("--stream-tokens", streamTokens, 2, 32_768);
        within("--threads", threads, 1, 1024);
    }

    private static void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " must be between " + min + " and " + max + ", not " + value);
        }
    }
}
