package org.carafe.bench.peers;

import java.util.List;

/** A part of the workload: what a contender is asked for at a time, so that contenders take turns often and a failure costs one part. */
enum Part {
    /** One stream: a prompt and the tokens behind it. */
    SINGLE,
    /** Many streams with short prompts. */
    STREAMS;

    /** What it measures. */
    List<Figure> figures() {
        return switch (this) {
            case SINGLE -> List.of(Figure.PREFILL, Figure.DECODE);
            case STREAMS -> List.of(Figure.STREAMS);
        };
    }

    /** For people, such as {@code prefill 512, decode 32}. */
    String describe(Workload work) {
        return switch (this) {
            case SINGLE -> "prefill " + work.prefillTokens() + ", decode " + work.decodeTokens();
            case STREAMS -> work.streams() + " streams";
        };
    }
}
