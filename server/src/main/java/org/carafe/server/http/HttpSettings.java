package org.carafe.server.http;

/**
 * Limits and choices of the HTTP side.
 *
 * @param host address to bind
 * @param port 0: a free one
 * @param requestBytesMax largest request body
 * @param headerBytesMax request line and headers together
 * @param connectionsMax open connections; more wait in the kernel's backlog
 * @param idleTimeoutMillis a connection without traffic in either direction is closed, be it a slow sender, a reader that does not
 *     read, or an idle keep-alive
 * @param bodyTimeoutMillis the head of a request arrives within this, and so does its body
 * @param heartbeatMillis an SSE comment is sent when nothing else was for so long
 * @param answerBytesMax what the answers of one request may take in memory, as {@link org.carafe.server.serving.AnswerSize} estimates
 * @param queueTimeoutMillis how long a request may wait for its place; 0: as long as it takes
 * @param unknownFields what to do with a request field that Carafe does not know
 * @param keyInQuery whether {@code ?api_key=} is accepted
 * @param metricsNeedKey whether {@code /metrics} asks for a key
 */
public record HttpSettings(
        String host,
        int port,
        int requestBytesMax,
        int headerBytesMax,
        int connectionsMax,
        int idleTimeoutMillis,
        int bodyTimeoutMillis,
        int heartbeatMillis,
        long answerBytesMax,
        long queueTimeoutMillis,
        UnknownFields unknownFields,
        boolean keyInQuery,
        boolean metricsNeedKey) {
    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
        }
        if (requestBytesMax < 1024 || headerBytesMax < 1024 || connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "requests and headers need at least 1024 bytes, and one connection is the least");
        }
        if (idleTimeoutMillis < 1 || bodyTimeoutMillis < 1 || heartbeatMillis < 1) {
            throw new IllegalArgumentException("timeouts are positive milliseconds");
        }
        if (answerBytesMax < 1024 || queueTimeoutMillis < 0) {
            throw new IllegalArgumentException("an answer has 1024 bytes at least, and time does not run backwards");
        }
    }

    /** What to do with an unknown request field. */
    public enum UnknownFields {
        /** 400 that names it. */
        REJECT,
        /** Go on, and list it in the response header {@code X-Carafe-Ignored-Fields}. */
        IGNORE
    }

    /** 127.0.0.1:8080 with limits for one machine. */
    public static HttpSettings defaults() {
        return new HttpSettings(
                "127.0.0.1",
                8080,
                16 << 20,
                32 << 10,
                8192,
                60_000,
                60_000,
                15_000,
                256L << 20,
                0,
                UnknownFields.REJECT,
                true,
                false);
    }

    /** The same on another address. */
    public HttpSettings at(String newHost, int newPort) {
        return new HttpSettings(
                newHost,
                newPort,
                requestBytesMax,
                headerBytesMax,
                connectionsMax,
                idleTimeoutMillis,
                bodyTimeoutMillis,
                heartbeatMillis,
                answerBytesMax,
                queueTimeoutMillis,
                unknownFields,
                keyInQuery,
                metricsNeedKey);
    }

    /** The same with another rule for unknown fields. */
    public HttpSettings with(UnknownFields newUnknownFields) {
        return new HttpSettings(
                host,
                port,
                requestBytesMax,
                headerBytesMax,
                connectionsMax,
                idleTimeoutMillis,
                bodyTimeoutMillis,
                heartbeatMillis,
                answerBytesMax,
                queueTimeoutMillis,
                newUnknownFields,
                keyInQuery,
                metricsNeedKey);
    }

    /** The same with other limits. */
    public HttpSettings withLimits(int newRequestBytesMax, int newConnectionsMax) {
        return new HttpSettings(
                host,
                port,
                newRequestBytesMax,
                headerBytesMax,
                newConnectionsMax,
                idleTimeoutMillis,
                bodyTimeoutMillis,
                heartbeatMillis,
                answerBytesMax,
                queueTimeoutMillis,
                unknownFields,
                keyInQuery,
                metricsNeedKey);
    }

    /** The same with another limit of waiting. */
    public HttpSettings withQueueTimeoutMillis(long newQueueTimeoutMillis) {
        return new HttpSettings(
                host,
                port,
                requestBytesMax,
                headerBytesMax,
                connectionsMax,
                idleTimeoutMillis,
                bodyTimeoutMillis,
                heartbeatMillis,
                answerBytesMax,
                newQueueTimeoutMillis,
                unknownFields,
                keyInQuery,
                metricsNeedKey);
    }

    /** The same with another answer to keys in queries. */
    public HttpSettings withKeyInQuery(boolean newKeyInQuery) {
        return new HttpSettings(
                host,
                port,
                requestBytesMax,
                headerBytesMax,
                connectionsMax,
                idleTimeoutMillis,
                bodyTimeoutMillis,
                heartbeatMillis,
                answerBytesMax,
                queueTimeoutMillis,
                unknownFields,
                newKeyInQuery,
                metricsNeedKey);
    }
}
