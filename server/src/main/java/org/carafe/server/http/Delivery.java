package org.carafe.server.http;

import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.inference.engine.Usage;
import org.carafe.server.admission.Hold;

/**
 * What of a stream is out, told to its hold as it goes: should the server die, that is what is charged. Thread-safe; each of the stream's
 * sequences tells its own.
 */
final class Delivery {
    private final Hold hold;
    private final int promptTokens;
    private final AtomicInteger cachedTokens = new AtomicInteger();
    private final AtomicInteger completionTokens = new AtomicInteger();

    Delivery(Hold hold, long promptTokens) {
        this.hold = hold;
        this.promptTokens = (int) promptTokens;
    }

    /** A prompt was computed. */
    void cached(int tokens) {
        cachedTokens.addAndGet(tokens);
    }

    /** So many more tokens were handed to the socket. */
    void sent(int tokens) {
        if (tokens > 0) {
            hold.delivered(new Usage(promptTokens, cachedTokens.get(), completionTokens.addAndGet(tokens)));
        }
    }
}
