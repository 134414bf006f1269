package org.carafe.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.carafe.bench.load.ResponseParser.ascii;

/**
 * An answer's body, read with as little work as finds what is measured: SSE events are counted by their blank lines, the first text is
 * looked for until it is there, and {@code usage} is read from the last bytes.
 */
final class AnswerBody implements ResponseParser.Body {
    private static final int TAIL_BYTES = 4096;
    private static final byte[] CONTENT = ascii("\"content\":\"");
    private static final byte[] TEXT = ascii("\"text\":\"");
    private static final byte[] COMPLETION_TOKENS = ascii("\"completion_tokens\":");
    private static final byte[] PROMPT_TOKENS = ascii("\"prompt_tokens\":");

    private final byte[] tail = new byte[2 * TAIL_BYTES];
    private int tailLength;
    private int events;
    private int eventsBeforeText;
    private boolean hasText;
    private boolean lastWasNewline;

    void reset() {
        tailLength = 0;
        events = 0;
        eventsBeforeText = 0;
        hasText = false;
        lastWasNewline = false;
    }

    @Override
    public void bytes(byte[] data, int from, int to) {
        boolean newline = lastWasNewline;
        int count = 0;
        for (int i = from; i < to; i++) {
            boolean here = data[i] == '\n';
            if (here && newline) {
                count++;
            }
            newline = here;
        }
        lastWasNewline = newline;
        keepTail(data, from, to);
        if (!hasText) {
            hasText = hasFilled(CONTENT) || hasFilled(TEXT);
            if (!hasText) {
                eventsBeforeText += count;
            }
        }
        events += count;
    }

    /** True once a delta with text came. */
    boolean hasText() {
        return hasText;
    }

    /** Events since the first that had text, it included. */
    int textEvents() {
        return events - eventsBeforeText;
    }

    int completionTokens() {
        return lastNumber(COMPLETION_TOKENS);
    }

    int promptTokens() {
        return lastNumber(PROMPT_TOKENS);
    }

    /** The end of the body, for messages about failures. */
    String tailText() {
        int length = Math.min(tailLength, 300);
        return new String(tail, tailLength - length, length, UTF_8);
    }

    private void keepTail(byte[] data, int from, int to) {
        int length = Math.min(TAIL_BYTES, to - from);
        if (tailLength + length > tail.length) {
            int keep = TAIL_BYTES;
            System.arraycopy(tail, tailLength - keep, tail, 0, keep);
            tailLength = keep;
        }
        System.arraycopy(data, to - length, tail, tailLength, length);
        tailLength += length;
    }

    /** True if the tail holds the key with a string that is not empty. */
    private boolean hasFilled(byte[] key) {
        for (int i = 0; i + key.length < tailLength; i++) {
            if (startsWith(i, key) && tail[i + key.length] != '"') {
                return true;
            }
        }
        return false;
    }

    private int lastNumber(byte[] key) {
        for (int i = tailLength - key.length - 1; i >= 0; i--) {
            if (startsWith(i, key)) {
                int at = i + key.length;
                while (at < tailLength && tail[at] == ' ') {
                    at++;
                }
                int number = 0;
                for (; at < tailLength && tail[at] >= '0' && tail[at] <= '9'; at++) {
                    number = number * 10 + tail[at] - '0';
                }
                return number;
            }
        }
        return 0;
    }

    private boolean startsWith(int at, byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (tail[at + i] != key[i]) {
                return false;
            }
        }
        return true;
    }
}
