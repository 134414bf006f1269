package org.carafe.bench.peers;

/** A figure in tokens per second. */
enum Figure {
    PREFILL,
    DECODE,
    STREAMS;

    /** For people, such as {@code decode 32}. */
    String describe(Workload work) {
        return switch (this) {
            case PREFILL -> "prefill " + work.prefillTokens();
            case DECODE -> "decode " + work.decodeTokens();
            case STREAMS -> work.streams() + " streams";
        };
    }
}
