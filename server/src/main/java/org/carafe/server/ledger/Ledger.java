package org.carafe.server.ledger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongPredicate;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.db.ServerClaim;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests against credits: a hold for the worst case, then exactly one ending. Thread-safe; calls return when what they did is durable.
 *
 * <p>A request that is held is this process's until it ends it. Should the process die, the next server to look (this one after its
 * restart, or another on the same PostgreSQL) ends it by the last note: see {@link Recovery}.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** How often notes are written: what a stream delivered in the last second before a crash may go uncharged. */
    static final Duration NOTES_EVERY = Duration.ofSeconds(1);

    /** After which a hold ends that nobody renews; renewed at a quarter of it. */
    static final Duration HOLD_LIFE = Duration.ofMinutes(10);

    private static final int NOTES_MAX = 1_024;

    /** A start waits no longer for what other processes are; what is open then is ended by a later step. */
    private static final long VERDICT_NANOS_MAX = 5_000_000_000L;

    private static final long VERDICT_LOOK_MILLIS = 250;

    private final InstantSource clock;
    private final GroupCommit writer;
    private final Recovery recovery;
    private final ServerClaim claim;
    private final Map<Long, LiveHold> live = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Act.End> unsettled = new ConcurrentLinkedQueue<>();
    private final Thread ticker;
    private volatile boolean closing;

    private static final class LiveHold {
        final OpenHold hold;
        volatile Usage delivered = new Usage(0, 0, 0);
        Usage noted = new Usage(0, 0, 0);
        long renewedMillis;

        LiveHold(OpenHold hold, long nowMillis) {
            this.hold = hold;
            this.renewedMillis = nowMillis;
        }
    }

    private Ledger(Database database, RowIds ids, InstantSource clock, LedgerListener listener, ServerClaim claim) {
        this.clock = clock;
        this.claim = claim;
        this.writer = new GroupCommit(database, ids, clock, listener, HOLD_LIFE.toMillis());
        this.recovery = new Recovery(database);
        this.ticker = Thread.ofPlatform().daemon().name("ledger-clock").unstarted(this::run);
    }

    /**
     * Opens the ledger for a server; requests that an earlier one left open are ended before this returns.
     *
     * @param ids shared with all who post in this process
     * @throws LedgerUnavailableException one line: another server has it, or the database fails
     */
    public static Ledger start(Database database, RowIds ids, InstantSource clock, LedgerListener listener) {
        Ledger ledger = stepped(database, ids, clock, listener);
        ledger.ticker.start();
        return ledger;
    }

    /** The same without a clock of its own: whoever made it calls {@link #step}. */
    static Ledger stepped(Database database, RowIds ids, InstantSource clock, LedgerListener listener) {
        database.processNumber();
        Ledger ledger = new Ledger(database, ids, clock, listener, ServerClaim.of(database));
        ledger.writer.start();
        try {
            int ended = ledger.recoverAtStart();
            if (ended > 0) {
                LOG.info("{} requests that were open when a server died are settled", ended);
            }
            return ledger;
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    /**
     * Asks for a hold; durable when this returns {@link HoldResult.Held}.
     *
     * @throws LedgerUnavailableException nothing was held
     */
    public HoldResult hold(HoldRequest request) {
        Act.Hold act = new Act.Hold(request);
        writer.add(act);
        HoldResult result = await(act.done());
        if (result instanceof HoldResult.Held held) {
            live.put(held.hold().id(), new LiveHold(held.hold(), clock.millis()));
        }
        return result;
    }

    /** Says what was delivered so far, in memory; durable within {@link #NOTES_EVERY}. */
    public void note(OpenHold hold, Usage delivered) {
        LiveHold known = live.get(hold.id());
        if (known != null) {
            known.delivered = delivered;
        }
    }

    /**
     * Ends a hold with what was used; the micro-credits charged, 0 if another server had ended it.
     *
     * @throws LedgerUnavailableException it could not be written yet; it will be as soon as the database works again
     */
    public long post(OpenHold hold, Usage usage) {
        return post(hold, usage, null);
    }

    /**
     * The same; in its transaction, however late that is, an answer is kept too.
     *
     * @param answer nothing of it is written where the hold had ended before; where the claim of its key was lost, nothing is charged
     *     either
     */
    public long post(OpenHold hold, Usage usage, @Nullable AnswerToKeep answer) {
        return end(new Act.End(hold, Ending.POSTED, usage, answer));
    }

    /** Ends a hold of which nothing was used; throws as {@link #post}. */
    public void release(OpenHold hold) {
        end(new Act.End(hold, Ending.VOIDED, new Usage(0, 0, 0)));
    }

    private long end(Act.End act) {
        Act.Ended ended;
        try {
            writer.add(act);
            ended = await(act.done());
        } catch (LedgerUnavailableException e) {
            unsettled.add(act.again());
            throw e;
        }
        live.remove(act.hold().id());
        AnswerToKeep answer = act.answer();
        if (answer != null) {
            answer.outcome().settled(ended.isAnswerKept());
        }
        return Math.max(0, ended.costMicros());
    }

    private static <T> T await(CompletableFuture<T> done) {
        try {
            return done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LedgerUnavailableException unavailable) {
                throw unavailable;
            }
            throw e;
        }
    }

    /** Requests that are held by this process now. */
    public int openHolds() {
        return live.size();
    }

    /** Endings that wait for the database to work again. */
    public int unsettled() {
        return unsettled.size();
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(NOTES_EVERY);
                step();
            } catch (InterruptedException e) {
                return;
            } catch (LedgerUnavailableException e) {
                LOG.warn("{}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("the ledger's clock failed", e);
            }
        }
    }

    /** What is to be done now and then: late settlements, notes, requests that are nobody's. */
    void step() {
        claim.renew();
        settleLate();
        writeNotes();
        recover();
    }

    private void settleLate() {
        for (int left = unsettled.size(); left > 0; left--) {
            Act.End act = unsettled.poll();
            if (act == null) {
                return;
            }
            end(act);
        }
    }

    private void writeNotes() {
        long now = clock.millis();
        long renewBefore = now - HOLD_LIFE.toMillis() / 4;
        List<Act.Note> notes = new ArrayList<>();
        List<LiveHold> noted = new ArrayList<>();
        for (LiveHold hold : live.values()) {
            Usage delivered = hold.delivered;
            if (!delivered.equals(hold.noted) || hold.renewedMillis < renewBefore) {
                notes.add(new Act.Note(hold.hold.id(), delivered));
                noted.add(hold);
            }
        }
        // All of them, or those that are never among the first would run out; a few at a time, as holds wait meanwhile.
        for (int from = 0; from < notes.size(); from += NOTES_MAX) {
            int to = Math.min(notes.size(), from + NOTES_MAX);
            Act.Notes act = new Act.Notes(List.copyOf(notes.subList(from, to)));
            writer.add(act);
            await(act.done());
            for (int i = from; i < to; i++) {
                noted.get(i).noted = notes.get(i).delivered();
                noted.get(i).renewedMillis = now;
            }
        }
    }

    /** Waits for a verdict about processes that seem to be gone: what they left is ended before the first request comes. */
    private int recoverAtStart() {
        long until = System.nanoTime() + VERDICT_NANOS_MAX;
        int ended = recover();
        while (claim.isWatching() && System.nanoTime() - until < 0) {
            try {
                Thread.sleep(VERDICT_LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ended;
            }
            ended += recover();
        }
        return ended;
    }

    /**
     * Ends what is nobody's; how many.
     *
     * @throws LedgerUnavailableException some of it cannot be ended; all else is
     */
    private int recover() {
        Map<Long, Boolean> known = new HashMap<>();
        LongPredicate isGone = process -> known.computeIfAbsent(process, claim::isGone);
        Set<Long> stuck = new HashSet<>();
        LedgerUnavailableException failure = null;
        int ended = 0;
        while (true) {
            List<Recovery.Abandoned> found =
                    recovery.find(clock.millis(), isGone, id -> live.containsKey(id) || stuck.contains(id));
            if (found.isEmpty()) {
                break;
            }
            List<Act.End> acts = found.stream().map(Recovery.Abandoned::end).toList();
            acts.forEach(writer::add);
            for (Act.End act : acts) {
                try {
                    await(act.done());
                    ended++;
                } catch (LedgerUnavailableException e) {
                    stuck.add(act.hold().id());
                    failure = e;
                }
            }
        }
        int freed = recovery.freeKeys(isGone);
        if (freed > 0) {
            LOG.info("{} idempotency keys of a server that is gone are free again", freed);
        }
        if (failure != null) {
            throw failure;
        }
        return ended;
    }

    /** Writes what waits, and closes. Requests that are still held stay so, for the next server to end. */
    @Override
    public void close() {
        closing = true;
        ticker.interrupt();
        if (!unsettled.isEmpty()) {
            try {
                settleLate();
            } catch (LedgerUnavailableException e) {
                LOG.error("{} settlements are left to the next start: {}", unsettled.size(), e.getMessage());
            }
        }
        writer.close();
        claim.close();
    }
}
