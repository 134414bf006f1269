package org.carafe.server.limits;

import io.github.bucket4j.TimeMeter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The limits of a minute by Bucket4j, wherever the buckets are. */
public final class BucketLimits implements MinuteLimits {
    private static final Logger LOG = LoggerFactory.getLogger(BucketLimits.class);
    /** Shortly before a window ends nothing is given back: what is late would land in the next window and let in too much there. */
    private static final long LATE_NANOS = 100_000_000L;

    private final Buckets buckets;

    BucketLimits(Buckets buckets) {
        this.buckets = buckets;
    }

    /** Of this process alone. */
    public static MinuteLimits local() {
        return local(TimeMeter.SYSTEM_NANOTIME);
    }

    /** The same by another clock. */
    public static MinuteLimits local(TimeMeter clock) {
        return new BucketLimits(new LocalBuckets(clock));
    }

    /** Of all servers on one PostgreSQL together. */
    public static MinuteLimits database(Database database) {
        return new BucketLimits(new DatabaseBuckets(database, TimeMeter.SYSTEM_MILLISECONDS));
    }

    /**
     * Of all servers on one Redis together.
     *
     * @throws IllegalArgumentException one line for the user: nobody answers there
     */
    public static MinuteLimits redis(String url) {
        return new BucketLimits(new RedisBuckets(url, TimeMeter.SYSTEM_MILLISECONDS));
    }

    @Override
    public Taken take(KeyGrant grant, long tokens) {
        return reaching(() -> {
            List<Meter> meters = Meter.of(grant, buckets);
            checkThatItEverFits(meters, tokens);
            List<Meter.Part> parts = new ArrayList<>(meters.size());
            for (Meter meter : meters) {
                long amount = meter.dimension().amount(tokens);
                Meter.Part part;
                try {
                    part = amount == 0 ? new Meter.Part(meter, 0, meter.read(), 0) : meter.take(amount);
                } catch (RuntimeException e) {
                    parts.forEach(this::giveBack);
                    throw e;
                }
                if (part == null) {
                    parts.forEach(this::giveBack);
                    throw refusal(meters, meter, tokens);
                }
                parts.add(part);
            }
            return new TakenParts(parts);
        });
    }

    @Override
    public void check(KeyGrant grant) {
        reaching(() -> {
            List<Meter> meters = Meter.of(grant, buckets);
            for (Meter meter : meters) {
                if (meter.dimension() == Meter.Dimension.REQUESTS
                        && meter.read().remaining() <= 0) {
                    throw refusal(meters, meter, 0);
                }
            }
            return meters;
        });
    }

    private static void checkThatItEverFits(List<Meter> meters, long tokens) {
        for (Meter meter : meters) {
            if (meter.dimension() == Meter.Dimension.TOKENS && tokens > meter.perMinute()) {
                throw new ApiException(
                        ErrorKind.INVALID_VALUE,
                        "This request may use " + tokens + " tokens (prompt and max_tokens), more than the limit of "
                                + meter.perMinute() + " tokens per minute.",
                        "max_tokens");
            }
        }
    }

    /** Says the limit that takes longest to have room again, so that one wait is enough. */
    private static ApiException refusal(List<Meter> meters, Meter refused, long tokens) {
        List<Meter.Reading> readings = meters.stream().map(Meter::read).toList();
        Meter.Dimension dimension = refused.dimension();
        long perMinute = refused.perMinute();
        long waitNanos = 0;
        for (Meter.Reading reading : readings) {
            long wait = reading.waitNanos(reading.meter().dimension().amount(tokens));
            if (wait > waitNanos) {
                waitNanos = wait;
                dimension = reading.meter().dimension();
                perMinute = reading.meter().perMinute();
            }
        }
        Map<String, String> headers = new LinkedHashMap<>(LimitHeaders.of(readings));
        headers.put("Retry-After", Long.toString(Math.max(1, LimitHeaders.seconds(waitNanos))));
        String what = dimension == Meter.Dimension.REQUESTS ? "requests" : "tokens";
        return new ApiException(
                ErrorKind.RATE_LIMIT_EXCEEDED,
                "Rate limit of " + perMinute + " " + what + " per minute exceeded.",
                null,
                headers);
    }

    private void giveBack(Meter.Part part) {
        giveBack(part, part.amount());
    }

    private void giveBack(Meter.Part part, long amount) {
        if (amount <= 0 || buckets.clock().currentTimeNanos() + LATE_NANOS >= part.windowEndNanos()) {
            return;
        }
        try {
            part.meter().bucket().addTokens(amount);
        } catch (RuntimeException e) {
            LOG.warn("{} tokens of a limit stay taken until its minute is over: {}", amount, Failures.reason(e));
        }
    }

    @Override
    public long tokensLeft(KeyGrant grant) {
        return reaching(() -> Meter.of(grant, buckets).stream()
                .filter(meter -> meter.dimension() == Meter.Dimension.TOKENS)
                .mapToLong(meter -> meter.read().remaining())
                .min()
                .orElse(Long.MAX_VALUE));
    }

    @Override
    public Map<String, String> headers(KeyGrant grant) {
        return reaching(() -> LimitHeaders.of(
                Meter.of(grant, buckets).stream().map(Meter::read).toList()));
    }

    /** Whatever fails below, the door stays shut. */
    private static <T> T reaching(Supplier<T> work) {
        try {
            return work.get();
        } catch (ApiException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("the limits cannot be reached: {}", Failures.reason(e));
            throw new ApiException(ErrorKind.LEDGER_UNAVAILABLE, "The limits of this key cannot be checked right now.");
        }
    }

    @Override
    public void close() {
        buckets.close();
    }

    private final class TakenParts implements Taken {
        private final List<Meter.Part> parts;
        private final AtomicBoolean ended = new AtomicBoolean();

        TakenParts(List<Meter.Part> parts) {
            this.parts = parts;
        }

        @Override
        public Map<String, String> headers() {
            return LimitHeaders.of(parts.stream().map(Meter.Part::after).toList());
        }

        @Override
        public void settle(long tokensUsed) {
            end();
            for (Meter.Part part : parts) {
                if (part.meter().dimension() == Meter.Dimension.TOKENS) {
                    BucketLimits.this.giveBack(part, part.amount() - Math.max(0, tokensUsed));
                }
            }
        }

        @Override
        public void giveBack() {
            end();
            parts.forEach(BucketLimits.this::giveBack);
        }

        private void end() {
            if (!ended.compareAndSet(false, true)) {
                throw new IllegalStateException("what was taken ends once");
            }
        }
    }
}
