package org.carafe.models.hub;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is and how patient to be with it.
 *
 * @param endpoint scheme, host and port ({@code HF_ENDPOINT})
 * @param token sent to the endpoint's own host only ({@code HF_TOKEN}); null: none
 * @param connectTimeout for a connection
 * @param stallTimeout longest silence inside an answer
 * @param attempts tries without progress before giving up
 * @param backoff wait after the first failed try; doubles each time
 */
public record HubSettings(
        URI endpoint,
        @Nullable String token,
        Duration connectTimeout,
        Duration stallTimeout,
        int attempts,
        Duration backoff) {
    /** Usual patience with this hub. */
    public static HubSettings of(URI endpoint, @Nullable String token) {
        return new HubSettings(
                endpoint, token, Duration.ofSeconds(10), Duration.ofSeconds(60), 5, Duration.ofSeconds(1));
    }

    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", token=" + (token == null ? "none" : "set") + "]";
    }
}
