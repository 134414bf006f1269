package org.carafe.server.openai;

/** Bytes of server-sent events. */
public final class Sse {
    private static final byte[] DATA = JsonBuffer.ascii("data: ");
    private static final byte[] END = JsonBuffer.ascii("\n\n");
    private static final byte[] DONE = JsonBuffer.ascii("data: [DONE]\n\n");
    private static final byte[] COMMENT = JsonBuffer.ascii(": waiting\n\n");

    private Sse() {}

    /** Opens a data event. */
    public static JsonBuffer data(JsonBuffer out) {
        return out.raw(DATA);
    }

    /** Ends an event. */
    public static JsonBuffer end(JsonBuffer out) {
        return out.raw(END);
    }

    /** The last event of a good stream. */
    public static JsonBuffer done(JsonBuffer out) {
        return out.raw(DONE);
    }

    /** A comment that readers skip: keeps proxies awake and finds dead peers. */
    public static JsonBuffer comment(JsonBuffer out) {
        return out.raw(COMMENT);
    }
}
