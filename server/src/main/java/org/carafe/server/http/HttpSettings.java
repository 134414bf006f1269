package org.carafe.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.carafe.server.auth.IpRange;

/**
 * Limits and choices of the HTTP side.
 *
 * @param host address to bind
 * @param port 0: a free one
 */
public record HttpSettings(String host, int port, Limits limits, Timeouts timeouts, Rules rules) {
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1");

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
        }
    }

    /**
     * How much.
     *
     * @param requestBytesMax largest request body
     * @param headerBytesMax request line and headers together
     * @param connectionsMax open connections; more wait in the kernel's backlog
     * @param answerBytesMax what the answers of one request may take in memory, as {@link org.carafe.server.serving.AnswerSize} estimates
     */
    public record Limits(int requestBytesMax, int headerBytesMax, int connectionsMax, long answerBytesMax) {
        public Limits {
            if (requestBytesMax < 1024 || headerBytesMax < 1024 || answerBytesMax < 1024 || connectionsMax < 1) {
                throw new IllegalArgumentException(
                        "requests, headers and answers need at least 1024 bytes, and one connection is the least");
            }
        }

        /** The same with other requests. */
        public Limits with(int newRequestBytesMax, int newConnectionsMax) {
            return new Limits(newRequestBytesMax, headerBytesMax, newConnectionsMax, answerBytesMax);
        }
    }

    /**
     * How long.
     *
     * @param idleMillis a connection without traffic in either direction is closed, be it a slow sender, a reader that does not read,
     *     or an idle keep-alive
     * @param bodyMillis the head of a request arrives within this, and so does its body
     * @param heartbeatMillis an SSE comment is sent when nothing else was for so long
     * @param queueMillis how long a request may wait for its place; 0: as long as it takes
     */
    public record Timeouts(int idleMillis, int bodyMillis, int heartbeatMillis, long queueMillis) {
        public Timeouts {
            if (idleMillis < 1 || bodyMillis < 1 || heartbeatMillis < 1 || queueMillis < 0) {
                throw new IllegalArgumentException("timeouts are positive milliseconds, that of the queue 0 at least");
            }
        }

        /** The same with another limit of waiting. */
        public Timeouts withQueueMillis(long newQueueMillis) {
            return new Timeouts(idleMillis, bodyMillis, heartbeatMillis, newQueueMillis);
        }
    }

    /**
     * What is accepted.
     *
     * @param unknownFields what to do with a request field that Carafe does not know
     * @param keyInQuery whether {@code ?api_key=} is accepted
     * @param metricsNeedKey whether {@code /metrics} asks for a key
     * @param trustedProxies peers whose {@code X-Forwarded-For} is believed
     */
    public record Rules(
            UnknownFields unknownFields, boolean keyInQuery, boolean metricsNeedKey, List<IpRange> trustedProxies) {
        private static final int PROXIES_MAX = 100;

        public Rules {
            trustedProxies = List.copyOf(trustedProxies);
            if (trustedProxies.size() > PROXIES_MAX) {
                throw new IllegalArgumentException("at most " + PROXIES_MAX + " ranges of proxies are trusted");
            }
        }
    }

    /** What to do with an unknown request field. */
    public enum UnknownFields {
        /** 400 that names it. */
        REJECT,
        /** Go on, and list it in the response header {@code X-Carafe-Ignored-Fields}. */
        IGNORE
    }

    /** Whether a name or address is this machine's own, as only this machine can reach it. */
    public static boolean isLocal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return LOCAL.contains(name)
                || name.endsWith(".localhost")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** 127.0.0.1:8080 with limits for one machine. */
    public static HttpSettings defaults() {
        return new HttpSettings(
                "127.0.0.1",
                8080,
                new Limits(16 << 20, 32 << 10, 8192, 256L << 20),
                new Timeouts(60_000, 60_000, 15_000, 0),
                new Rules(UnknownFields.REJECT, true, false, List.of()));
    }

    /** The same on another address. */
    public HttpSettings at(String newHost, int newPort) {
        return new HttpSettings(newHost, newPort, limits, timeouts, rules);
    }

    /** The same with other limits. */
    public HttpSettings with(Limits newLimits) {
        return new HttpSettings(host, port, newLimits, timeouts, rules);
    }

    /** The same with other timeouts. */
    public HttpSettings with(Timeouts newTimeouts) {
        return new HttpSettings(host, port, limits, newTimeouts, rules);
    }

    /** The same with other rules. */
    public HttpSettings with(Rules newRules) {
        return new HttpSettings(host, port, limits, timeouts, newRules);
    }
}
