package org.carafe.server.limits;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;

/** Buckets that all servers on one Redis share; each change is a compare-and-swap. */
final class RedisBuckets implements Buckets {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String PREFIX = "carafe:limit:";

    private final TimeMeter clock;
    private final RedisClient client;
    private final LettuceBasedProxyManager<String> buckets;

    /**
     * Connects.
     *
     * @param url {@code redis://[[USER:]PASSWORD@]HOST[:PORT][/DATABASE]}, or {@code rediss} for TLS
     * @throws IllegalArgumentException one line for the user: no such URL, or nobody answers there
     */
    RedisBuckets(String url, TimeMeter clock) {
        this.clock = clock;
        RedisURI address = RedisURI.create(url);
        address.setTimeout(PATIENCE);
        client = RedisClient.create(address);
        client.setOptions(ClientOptions.builder()
                // Requests that wait for a connection would be let in late, all at once.
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(PATIENCE))
                .build());
        try {
            StatefulRedisConnection<String, byte[]> connection =
                    client.connect(RedisCodec.of(new StringCodec(UTF_8), ByteArrayCodec.INSTANCE));
            buckets = Bucket4jLettuce.casBasedBuilder(connection)
                    .clientClock(clock)
                    .requestTimeout(PATIENCE)
                    .expirationAfterWrite(ExpirationAfterWriteStrategy.fixedTimeToLive(Window.KEPT))
                    .build();
        } catch (RedisException e) {
            client.shutdown();
            throw new IllegalArgumentException(
                    "cannot reach Redis at " + address.getHost() + ":" + address.getPort(), e);
        }
    }

    @Override
    public Bucket bucket(String name, long perMinute) {
        return buckets.builder().build(PREFIX + name + ":" + perMinute, () -> Window.of(perMinute));
    }

    @Override
    public TimeMeter clock() {
        return clock;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
