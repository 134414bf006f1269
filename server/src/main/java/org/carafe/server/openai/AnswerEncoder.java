package org.carafe.server.openai;

import java.util.List;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.text.TextEvent;

/**
 * Writes one request's answer, as stream chunks or whole. A chunk is a complete server-sent event. Thread-safe: all state is fixed at
 * the request; each thread brings its own buffer.
 */
public interface AnswerEncoder {
    /** What a choice's stream begins with (a chat's role, an echoed prompt). */
    void begin(JsonBuffer out, int index, TextEvent.Prompt prompt);

    /** More text. Writes nothing where a delta has nothing to tell. */
    void delta(JsonBuffer out, int index, TextEvent.Delta delta);

    /** A choice's last chunk. */
    void finish(JsonBuffer out, int index, FinishReason reason);

    /** The chunk with usage, with empty choices. */
    void usage(JsonBuffer out, UsageTotal usage);

    /** The answer that is not streamed. */
    void whole(JsonBuffer out, List<Answer> choices, UsageTotal usage);

    /** The answer is complete, encoded and paid for; its last bytes are not yet sent. What this throws becomes the request's error. */
    default void settled() {}
}
