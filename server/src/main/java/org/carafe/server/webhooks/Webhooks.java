package org.carafe.server.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.CrossingStore;
import org.carafe.server.ledger.store.DeliveryStore;
import org.carafe.server.ledger.store.DeliveryStore.Due;
import org.carafe.server.secret.MasterKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for crossed lines every few seconds, and delivers what is due, each at least once. Everything but the hint that a budget refused a
 * request is read from the ledger, so a crash loses nothing, and processes that share a ledger share the work. Thread-safe.
 */
public final class Webhooks implements LedgerListener, AutoCloseable {
    /** How long before its end a key is about to end. */
    public static final Duration EXPIRY_NOTICE = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration ROUND_EVERY = Duration.ofSeconds(1);
    private static final int SCAN_EVERY_ROUNDS = 5;
    private static final int PRUNE_EVERY_ROUNDS = 3600;
    private static final Duration REMEMBERED = Duration.ofDays(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Longer than any attempt takes. */
    private static final Duration TAKEN_FOR = Duration.ofSeconds(60);

    private static final int CROSSINGS_A_ROUND = 200;
    private static final int DELIVERIES_AT_ONCE = 16;
    private static final int HINTS_MAX = 10_000;

    private final CrossingStore crossings;
    private final DeliveryStore deliveries;
    private final InstantSource clock;
    private final Events events;
    private final Sender sender;
    private final Set<Long> refusedKeys = ConcurrentHashMap.newKeySet();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    private Webhooks(Database database, MasterKey masterKey, InstantSource clock, Duration timeout) {
        this.crossings = new CrossingStore(database);
        this.deliveries = new DeliveryStore(database);
        this.clock = clock;
        this.events = new Events(clock);
        this.sender = new Sender(masterKey, clock, timeout);
        this.thread = Thread.ofPlatform().daemon().name("webhooks").unstarted(this::run);
    }

    /** Looks and delivers from now on. */
    public static Webhooks start(Database database, MasterKey masterKey, InstantSource clock) {
        Webhooks webhooks = new Webhooks(database, masterKey, clock, TIMEOUT);
        webhooks.thread.start();
        return webhooks;
    }

    /** Does nothing on its own: a test takes the steps. */
    static Webhooks byHand(Database database, MasterKey masterKey, InstantSource clock, Duration timeout) {
        return new Webhooks(database, masterKey, clock, timeout);
    }

    @Override
    public void budgetRefused(long keyId) {
        if (refusedKeys.size() < HINTS_MAX) {
            refusedKeys.add(keyId);
        }
    }

    /** Deliveries that arrived. */
    public long delivered() {
        return delivered.get();
    }

    /** Attempts that did not. */
    public long failed() {
        return failed.get();
    }

    private void run() {
        boolean failing = false;
        for (long round = 0; !closed; round++) {
            try {
                Thread.sleep(ROUND_EVERY);
                if (!deliveries.anyWebhooks()) {
                    refusedKeys.clear();
                    continue;
                }
                if (round % SCAN_EVERY_ROUNDS == 0 || !refusedKeys.isEmpty()) {
                    scan();
                }
                deliver();
                if (round % PRUNE_EVERY_ROUNDS == 0) {
                    deliveries.prune(clock.instant().minus(REMEMBERED));
                }
                failing = false;
            } catch (InterruptedException e) {
                return;
            } catch (LedgerUnavailableException e) {
                if (!failing) {
                    LOG.warn("webhooks wait: {}", e.getMessage());
                }
                failing = true;
            } catch (RuntimeException e) {
                LOG.error("webhooks failed", e);
            }
        }
    }

    /** Looks for crossed lines; how many were told. */
    int scan() {
        Instant now = clock.instant();
        int told = crossings.lowAccounts(now, CROSSINGS_A_ROUND, events::lowBalance);
        told += crossings.spentBudgets(CROSSINGS_A_ROUND, events::budgetReached);
        told += crossings.expiringKeys(now, now.plus(EXPIRY_NOTICE), CROSSINGS_A_ROUND, events::keyExpiring);
        for (Iterator<Long> keys = refusedKeys.iterator(); keys.hasNext(); ) {
            long key = keys.next();
            keys.remove();
            told += crossings.refusedBudget(key, events::budgetReached);
        }
        return told;
    }

    /** Sends what is due, several at once; returns when all of them have ended. */
    void deliver() throws InterruptedException {
        List<Thread> sending = new ArrayList<>();
        for (Due due : deliveries.due(clock.instant(), DELIVERIES_AT_ONCE)) {
            if (deliveries.take(due, clock.instant().plus(TAKEN_FOR))) {
                sending.add(Thread.ofVirtual().name("webhook").start(() -> deliver(due)));
            }
        }
        for (Thread thread : sending) {
            thread.join();
        }
    }

    private void deliver(Due due) {
        try {
            String error = sender.send(due);
            int attempts = due.attempts() + 1;
            if (error == null) {
                deliveries.delivered(due, clock.instant());
                delivered.incrementAndGet();
                return;
            }
            failed.incrementAndGet();
            boolean last = attempts >= Backoff.ATTEMPTS_MAX;
            Duration wait = Backoff.after(attempts, ThreadLocalRandom.current().nextDouble());
            deliveries.failed(due, last ? null : clock.instant().plus(wait), error);
            if (last) {
                LOG.warn("{} was not delivered to webhook {}: {}", due.eventId(), due.webhookId(), error);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // due again when its time is over
        } catch (LedgerUnavailableException e) {
            LOG.warn("{} may be delivered again: {}", due.eventId(), e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        sender.close();
    }
}
