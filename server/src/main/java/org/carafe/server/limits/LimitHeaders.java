package org.carafe.server.limits;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code X-RateLimit-*} of a minute: of the tighter of key and account. */
final class LimitHeaders {
    private static final long NANOS_OF_SECOND = 1_000_000_000L;

    private LimitHeaders() {}

    static Map<String, String> of(List<Meter.Reading> readings) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Meter.Dimension dimension : Meter.Dimension.values()) {
            readings.stream()
                    .filter(reading -> reading.meter().dimension() == dimension)
                    .min((one, other) -> {
                        int byRemaining = Long.compare(one.remaining(), other.remaining());
                        return byRemaining != 0
                                ? byRemaining
                                : Long.compare(
                                        one.meter().perMinute(), other.meter().perMinute());
                    })
                    .ifPresent(tightest -> {
                        String suffix = dimension.headerSuffix();
                        headers.put(
                                "X-RateLimit-Limit-" + suffix,
                                Long.toString(tightest.meter().perMinute()));
                        headers.put("X-RateLimit-Remaining-" + suffix, Long.toString(tightest.remaining()));
                        headers.put("X-RateLimit-Reset-" + suffix, duration(seconds(tightest.resetNanos())));
                    });
        }
        return headers;
    }

    /** Rounded up: whoever waits that long is not early. */
    static long seconds(long nanos) {
        return Math.ceilDiv(nanos, NANOS_OF_SECOND);
    }

    /** As OpenAI writes it: {@code 12s}, {@code 6m0s}. */
    static String duration(long seconds) {
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }
}
