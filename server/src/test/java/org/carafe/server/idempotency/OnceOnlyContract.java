package org.carafe.server.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.ledger.SteppedLedger;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.ClaimStore;
import org.carafe.server.secret.MasterKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What claims of idempotency keys are, on each database. */
abstract class OnceOnlyContract {
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-10T12:00:00Z"));
    private final InstantSource clock = now::get;
    private final List<AutoCloseable> open = new ArrayList<>();
    Database database;
    OnceOnly once;
    private SteppedLedger ledger;

    abstract DatabaseSettings settings();

    @BeforeEach
    void start() {
        database = opened(Database.open(settings()));
        ledger = opened(new SteppedLedger(database, clock));
        once = process(database);
    }

    /** What its settlement does; whether the answer is kept then. */
    final boolean keep(OnceOnly of, Begun.First first, String type, byte[] answer) {
        AnswerToKeep toKeep = of.toKeep(first.claim(), 200, type, answer, () -> {});
        return toKeep != null && ledger.settle(toKeep);
    }

    /** Another process's view, as if it were one. */
    final OnceOnly process(Database of) {
        return opened(new OnceOnly(of, MasterKey.of(new byte[32]), clock));
    }

    final <T extends AutoCloseable> T opened(T thing) {
        open.add(thing);
        return thing;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable thing : open.reversed()) {
            thing.close();
        }
    }

    static byte[] body(String text) {
        return text.getBytes(UTF_8);
    }

    static Begun.First first(Begun begun) {
        assertThat(begun).isInstanceOf(Begun.First.class);
        return (Begun.First) begun;
    }

    @Test
    void aKeyIsFirstThenRunningThenAgain() {
        Begun.First first = first(once.begin("s", "k", body("b")));
        assertThat(once.begin("s", "k", body("b"))).isInstanceOf(Begun.Running.class);
        assertThat(once.begin("s", "k", body("c"))).isInstanceOf(Begun.Other.class);
        assertThat(keep(once, first, "application/json", body("answer"))).isTrue();
        assertThat(once.begin("s", "k", body("b"))).isInstanceOfSatisfying(Begun.Again.class, again -> {
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.contentType()).isEqualTo("application/json");
            assertThat(again.answer()).isEqualTo(body("answer"));
        });
        assertThat(once.begin("s", "k", body("c"))).isInstanceOf(Begun.Other.class);
    }

    @Test
    void keysOfDifferentScopesNeverMeet() {
        first(once.begin("s", "k", body("b")));
        first(once.begin("t", "k", body("other")));
    }

    @Test
    void aReleasedKeyIsFirstAgainEvenWithAnotherBody() {
        once.release(first(once.begin("s", "k", body("b"))).claim());
        first(once.begin("s", "k", body("c")));
    }

    @Test
    void anAnswerIsKeptForADay() {
        keep(once, first(once.begin("s", "k", body("b"))), "text/plain", body("answer"));
        now.updateAndGet(at -> at.plus(OnceOnly.KEPT).minusSeconds(1));
        assertThat(once.begin("s", "k", body("b"))).isInstanceOf(Begun.Again.class);
        now.updateAndGet(at -> at.plusSeconds(1));
        first(once.begin("s", "k", body("b")));
    }

    @Test
    void aRunningClaimIsRenewedAndADeadOneEnds() {
        OnceOnly other = process(opened(Database.open(settings())));
        first(once.begin("s", "k", body("b")));
        for (int i = 0; i < 10; i++) {
            now.updateAndGet(at -> at.plus(OnceOnly.CLAIM_LIFE.dividedBy(2)));
            once.renew();
        }
        assertThat(once.begin("s", "k", body("b"))).isInstanceOf(Begun.Running.class);
        now.updateAndGet(at -> at.plus(OnceOnly.CLAIM_LIFE));
        first(other.begin("s", "k", body("b")));
    }

    @Test
    void aClaimOfARequestThatRunsDoesNotEndWhileTheDatabaseIsAway() {
        first(once.begin("s", "k", body("b")));
        // Nobody could renew it.
        now.updateAndGet(at -> at.plus(OnceOnly.CLAIM_LIFE.multipliedBy(3)));
        assertThat(once.begin("s", "k", body("b"))).isInstanceOf(Begun.Running.class);
        assertThat(once.begin("s", "k", body("c"))).isInstanceOf(Begun.Other.class);
    }

    @Test
    void aClaimThatWasLostKeepsAndReleasesNothingOfItsSuccessor() {
        OnceOnly other = process(opened(Database.open(settings())));
        Begun.First lost = first(once.begin("s", "k", body("b")));
        now.updateAndGet(at -> at.plus(OnceOnly.CLAIM_LIFE));
        Begun.First successor = first(other.begin("s", "k", body("b")));
        assertThat(keep(once, lost, "text/plain", body("lost"))).isFalse();
        assertThat(ledger.earnedMicros()).as("a key is charged once").isZero();
        once.release(lost.claim());
        assertThat(other.begin("s", "k", body("b"))).isInstanceOf(Begun.Running.class);
        assertThat(keep(other, successor, "text/plain", body("kept"))).isTrue();
        assertThat(((Begun.Again) once.begin("s", "k", body("b"))).answer()).isEqualTo(body("kept"));
        assertThat(ledger.earnedMicros()).isEqualTo(SteppedLedger.COST_MICROS);
        assertThat(ledger.audit()).isEmpty();
    }

    @Test
    void ofManyAtOnceOneIsFirst() throws Exception {
        List<OnceOnly> processes = others();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Begun>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                OnceOnly process = processes.get(i % processes.size());
                tasks.add(() -> process.begin("s", "race", body("b")));
            }
            int firsts = 0;
            for (Future<Begun> begun : threads.invokeAll(tasks)) {
                if (begun.get() instanceof Begun.First) {
                    firsts++;
                }
            }
            assertThat(firsts).isEqualTo(1);
        }
    }

    /** All that may claim at the same time. */
    List<OnceOnly> others() {
        return List.of(once);
    }

    @Test
    void anAccountKeepsSoMuchAndItsOtherAnswersFreeTheirKeys() {
        byte[] large = new byte[OnceOnly.ANSWER_BYTES_MAX];
        long fitting = ClaimStore.KEPT_BYTES_MAX / (large.length + 1);
        for (int i = 0; i < fitting; i++) {
            assertThat(keep(once, first(once.begin("s", "k" + i, body("b"))), "text/plain", large))
                    .isTrue();
        }
        Begun.First more = first(once.begin("s", "more", body("b")));
        assertThat(once.toKeep(more.claim(), 200, "text/plain", large, () -> {}))
                .isNull();
        once.release(more.claim());
        first(once.begin("s", "more", body("b")));
        Begun.First other = first(once.begin("other", "k", body("b")));
        assertThat(keep(once, other, "text/plain", large)).isTrue();
    }

    @Test
    void answersThatWaitToBeWrittenCountAsKept() {
        byte[] large = new byte[OnceOnly.ANSWER_BYTES_MAX];
        long fitting = ClaimStore.KEPT_BYTES_MAX / (large.length + 1);
        List<AnswerToKeep> waiting = new ArrayList<>();
        for (int i = 0; i < fitting; i++) {
            Begun.First first = first(once.begin("s", "k" + i, body("b")));
            waiting.add(once.toKeep(first.claim(), 200, "text/plain", large, () -> {}));
        }
        assertThat(waiting).doesNotContainNull();
        Begun.First more = first(once.begin("s", "more", body("b")));
        assertThat(once.toKeep(more.claim(), 200, "text/plain", large, () -> {}))
                .isNull();
        waiting.getFirst().outcome().settled(false);
        assertThat(once.toKeep(more.claim(), 200, "text/plain", large, () -> {}))
                .isNotNull();
    }

    @Test
    void answersAreSealedAndOpenNowhereElse() {
        keep(once, first(once.begin("s", "k", body("b"))), "text/plain", body("a secret answer"));
        byte[] kept = database.read(handle -> handle.select("select response from idempotency")
                .mapTo(byte[].class)
                .one());
        assertThat(new String(kept, UTF_8)).doesNotContain("secret");
    }

    @Test
    void aClaimWhoseCommitWasNotAcknowledgedDoesNotBlockItsKey() {
        refuseClaims();
        assertThatThrownBy(() -> once.begin("s", "k", body("b"))).isInstanceOf(LedgerUnavailableException.class);
        allowClaims();
        // It was written all the same: only the word of it was lost.
        ClaimStore store = new ClaimStore(database);
        ClaimStore.Claim written = store.ofThisProcess("s", "k", now.get());
        assertThat(store.claim(written, body("digest"), now.get().plus(OnceOnly.CLAIM_LIFE))
                        .isMine())
                .isTrue();
        now.updateAndGet(at -> at.plusSeconds(15));
        assertThat(once.begin("s", "k", body("b"))).isNotInstanceOf(Begun.First.class);
        once.renew();
        first(once.begin("s", "k", body("b")));
    }

    @Test
    void aClaimThatFailedFirstAndWorkedThenIsNotLetGo() {
        refuseClaims();
        assertThatThrownBy(() -> once.begin("s", "k", body("b"))).isInstanceOf(LedgerUnavailableException.class);
        allowClaims();
        Begun.First first = first(once.begin("s", "k", body("b")));
        once.renew();
        assertThat(keep(once, first, "text/plain", body("answer"))).isTrue();
    }

    private void refuseClaims() {
        database.write(handle -> {
            if (database.dialect() == Dialect.SQLITE) {
                handle.execute("create trigger refused before insert on idempotency"
                        + " begin select raise(abort, 'refused'); end");
            } else {
                handle.execute("create function refused() returns trigger language plpgsql as"
                        + " 'begin raise exception ''refused''; end'");
                handle.execute("create trigger refused before insert on idempotency"
                        + " for each row execute function refused()");
            }
            return true;
        });
    }

    private void allowClaims() {
        database.write(handle -> handle.execute(
                "drop trigger refused" + (database.dialect() == Dialect.SQLITE ? "" : " on idempotency")));
    }

    @Test
    void whatHasExpiredIsForgottenSomeAtATime() {
        int many = 2 * ClaimStore.PURGED_AT_ONCE + 200;
        database.write(handle -> {
            for (int i = 0; i < many; i++) {
                handle.execute(
                        "insert into idempotency (scope, idempotency_key, body_digest, status, created_at, expires_at)"
                                + " values ('s', ?, ?, 200, 0, 1)",
                        "k" + i,
                        new byte[] {1});
            }
            return true;
        });
        assertThat(new ClaimStore(database).purge(now.get())).isEqualTo(ClaimStore.PURGED_AT_ONCE);
        assertThat(claims()).isEqualTo(many - ClaimStore.PURGED_AT_ONCE);
        once.renew();
        assertThat(claims()).isZero();
    }

    @Test
    void claimsAreRenewedWhateverFailedBefore() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        opened(new OnceOnly(
                database,
                MasterKey.of(new byte[32]),
                () -> {
                    if (looks.incrementAndGet() == 1) {
                        throw new IllegalStateException("the first round fails");
                    }
                    return now.get();
                },
                Duration.ofMillis(10)));
        for (int i = 0; i < 1_000 && looks.get() < 3; i++) {
            Thread.sleep(10);
        }
        assertThat(looks.get()).isGreaterThan(2);
    }

    private int claims() {
        return database.read(handle -> handle.select("select count(*) from idempotency")
                .mapTo(Integer.class)
                .one());
    }

    @Test
    void whatHasExpiredIsForgotten() {
        keep(once, first(once.begin("s", "k", body("b"))), "text/plain", body("answer"));
        now.updateAndGet(at -> at.plus(OnceOnly.KEPT));
        once.renew();
        assertThat(database.<Integer>read(handle -> handle.select("select count(*) from idempotency")
                        .mapTo(Integer.class)
                        .one()))
                .isZero();
    }
}
