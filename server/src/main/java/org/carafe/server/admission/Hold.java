package org.carafe.server.admission;

import java.util.Map;
import org.carafe.inference.engine.Usage;

/**
 * A reservation. It ends exactly once: by {@link #settle} with what was used, or, where nothing ran, by {@link #release}. {@code http}
 * guarantees that; an implementation may assert it.
 */
public interface Hold {
    /** Rate limit headers for this response; empty where nothing is limited. */
    Map<String, String> headers();

    /** Posts what was really used. Returns once that is durable: the last chunk of a stream is written after it. */
    void settle(Usage usage);

    /** Gives everything back: the engine never took the request. */
    void release();

    /** Micro-credits that {@link #settle} charged; 0 before, and where nothing is charged. */
    default long costMicros() {
        return 0;
    }
}
