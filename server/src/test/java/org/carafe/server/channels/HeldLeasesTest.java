package org.carafe.server.channels;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Leases are renewed whatever else goes wrong, and what dead servers left goes while turns run. */
final class HeldLeasesTest {
    private static final Duration OFTEN = Duration.ofMillis(5);
    private static final Duration SELDOM = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TurnLease LEASE = new TurnLease(1, "s", 7);

    private final AtomicInteger renewals = new AtomicInteger();
    private final AtomicInteger purges = new AtomicInteger();

    private final class Counted implements TurnLeases {
        private final Runnable renewal;
        private final Runnable purge;

        Counted(Runnable renewal, Runnable purge) {
            this.renewal = renewal;
            this.purge = purge;
        }

        @Override
        public TurnLease of(long channelId, String sessionId) {
            return LEASE;
        }

        @Override
        public boolean take(TurnLease lease) {
            return true;
        }

        @Override
        public List<TurnLease> renew(Collection<TurnLease> leases) {
            renewals.incrementAndGet();
            renewal.run();
            return List.of();
        }

        @Override
        public void release(TurnLease lease) {}

        @Override
        public void purge() {
            purges.incrementAndGet();
            purge.run();
        }
    }

    private static void nothing() {}

    private static void fail() {
        throw new IllegalStateException("a fault");
    }

    private static void await(IntSupplier count, int atLeast) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (count.getAsInt() < atLeast) {
            assertThat(System.nanoTime())
                    .as("waiting for the " + atLeast + "th")
                    .isLessThan(deadline);
            Thread.sleep(1);
        }
    }

    @Test
    void aRenewalThatFailedIsNotTheLast() throws InterruptedException {
        HeldLeases held = new HeldLeases(new Counted(HeldLeasesTest::fail, HeldLeasesTest::nothing), OFTEN, SELDOM);
        held.add(LEASE);
        await(renewals::get, 3);
        held.remove(LEASE);
    }

    @Test
    void aPurgeThatWaitsOrFailsKeepsNoLeaseFromItsRenewal() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        HeldLeases held = new HeldLeases(
                new Counted(HeldLeasesTest::nothing, () -> {
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    fail();
                }),
                OFTEN,
                Duration.ZERO);
        held.add(LEASE);
        await(purges::get, 1);
        await(renewals::get, renewals.get() + 3);
        assertThat(purges).as("one at a time").hasValue(1);
        released.countDown();
        await(purges::get, 3);
        await(renewals::get, renewals.get() + 3);
        held.remove(LEASE);
    }

    @Test
    void whatDeadServersLeftGoesEvenWhereTurnsNeverEnd() throws InterruptedException {
        HeldLeases held = new HeldLeases(
                new Counted(HeldLeasesTest::nothing, HeldLeasesTest::nothing), OFTEN, OFTEN.multipliedBy(2));
        held.add(LEASE);
        await(purges::get, 3);
        held.remove(LEASE);
    }

    @Test
    void shortTurnsDoNotPurgeEachTime() throws InterruptedException {
        HeldLeases held = new HeldLeases(new Counted(HeldLeasesTest::nothing, HeldLeasesTest::nothing), OFTEN, SELDOM);
        for (int i = 1; i <= 3; i++) {
            held.add(LEASE);
            await(renewals::get, 2 * i);
            held.remove(LEASE);
            Thread.sleep(3 * OFTEN.toMillis());
        }
        assertThat(purges).hasValue(1);
    }
}
