package org.carafe.server.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.junit.jupiter.api.Test;

/** What is kept is summed up once a minute, and known in between. */
final class KeptBytesTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-10T12:00:00Z"));
    private final AtomicInteger sums = new AtomicInteger();
    private long stored;
    private final KeptBytes kept = new KeptBytes(
            scope -> {
                sums.incrementAndGet();
                return stored;
            },
            1_000,
            now::get);

    private boolean keep(long bytes) {
        if (!kept.take("s", bytes)) {
            return false;
        }
        stored += bytes;
        kept.settled("s", bytes, true);
        return true;
    }

    @Test
    void aThousandAnswersOfAMinuteAreOneSum() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(keep(1)).as("answer %d", i).isTrue();
        }
        assertThat(keep(1)).isFalse();
        assertThat(sums).hasValue(1);
        now.updateAndGet(at -> at.plus(KeptBytes.FRESH));
        assertThat(keep(1)).isFalse();
        assertThat(sums).hasValue(2);
    }

    @Test
    void whatExpiredMakesRoomWithinAMinute() {
        assertThat(keep(1_000)).isTrue();
        stored = 0;
        assertThat(keep(1)).isFalse();
        now.updateAndGet(at -> at.plus(KeptBytes.FRESH));
        assertThat(keep(1_000)).isTrue();
        assertThat(keep(1)).isFalse();
    }

    @Test
    void aClockThatWentBackDoesNotStopTheSums() {
        assertThat(keep(1_000)).isTrue();
        stored = 0;
        now.updateAndGet(at -> at.minus(Duration.ofDays(1)));
        assertThat(keep(1)).isTrue();
    }

    @Test
    void whatIsKeptNowhereMakesRoomAtOnce() {
        assertThat(kept.take("s", 1_000)).isTrue();
        assertThat(kept.take("s", 1)).isFalse();
        kept.settled("s", 1_000, false);
        assertThat(kept.take("s", 1)).isTrue();
    }

    @Test
    void scopesThatAreQuietAreForgottenAndThoseWithAnswersOnTheirWayAreNot() {
        assertThat(kept.take("s", 1_000)).isTrue();
        now.updateAndGet(at -> at.plus(KeptBytes.FRESH));
        kept.forget();
        assertThat(kept.take("s", 1)).isFalse();
        kept.settled("s", 1_000, true);
        now.updateAndGet(at -> at.plus(KeptBytes.FRESH));
        kept.forget();
        assertThat(kept.take("s", 1_000))
                .as("the sum says that nothing is kept")
                .isTrue();
    }

    @Test
    void whileTheDatabaseIsAwayWhatWaitsIsBoundedAllTheSame() {
        KeptBytes blind = new KeptBytes(
                scope -> {
                    throw new LedgerUnavailableException("away");
                },
                1_000,
                now::get);
        assertThat(blind.take("s", 1_000)).isTrue();
        assertThat(blind.take("s", 1)).isFalse();
    }
}
