package org.carafe.bench.peers;

/**
 * What everyone is measured on.
 *
 * @param prefillTokens length of the prompt whose prefill is timed; decoding goes on behind it
 * @param decodeTokens tokens decoded by the one stream
 * @param streams streams decoded at once in the batched measurement
 * @param streamPromptTokens prompt of each of them
 * @param streamTokens tokens that each decodes, all streams running throughout
 * @param threads CPU threads
 */
record Workload(
        int prefillTokens, int decodeTokens, int streams, int streamPromptTokens, int streamTokens, int threads) {}
