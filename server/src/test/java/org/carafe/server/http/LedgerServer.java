package org.carafe.server.http;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.auth.Door;
import org.carafe.server.bookkeeping.Bookkeeping;
import org.carafe.server.bookkeeping.BookkeepingSettings;
import org.carafe.server.idempotency.OnceOnly;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.limits.LimitsPlace;
import org.carafe.server.secret.MasterKey;

/** A whole server on a real ledger: keys are asked for, requests are held and charged. */
final class LedgerServer implements AutoCloseable {
    /** Of all test ledgers. */
    static final MasterKey MASTER_KEY = MasterKey.of(new byte[32]);

    /** Nothing but credits limits this key. */
    static final Limits UNLIMITED = new Limits(1_000_000_000L, 1_000_000_000_000L, null, null, null);

    private final Bookkeeping books;
    private final OnceOnly once;
    private final TestServer server;

    private LedgerServer(Bookkeeping books, OnceOnly once, TestServer server) {
        this.books = books;
        this.once = once;
        this.server = server;
    }

    static LedgerServer start(DatabaseSettings settings) {
        return start(settings, InstantSource.system(), builder -> builder);
    }

    static LedgerServer start(DatabaseSettings settings, InstantSource clock, UnaryOperator<TestServer.Builder> more) {
        Bookkeeping books = Bookkeeping.open(
                new BookkeepingSettings(settings, MASTER_KEY, Door.SHUT, new LimitsPlace.Local()),
                clock,
                LedgerListener.NONE);
        TestServer server = more.apply(
                        TestServer.with().authenticator(books.keys()).admission(books.admission()))
                .start();
        OnceOnly once = new OnceOnly(books.database(), MASTER_KEY, clock);
        server.server().honour(once);
        server.server().speak(Dialects.of(books.database(), books.ids(), books.acts(), clock));
        return new LedgerServer(books, once, server);
    }

    Bookkeeping books() {
        return books;
    }

    AdminActs acts() {
        return books.acts();
    }

    TestServer server() {
        return server;
    }

    /** An account with prepaid micro-credits. */
    void account(String name, long prepaidMicros) {
        account(name, prepaidMicros, AccountSettings.DEFAULTS);
    }

    void account(String name, long prepaidMicros, AccountSettings settings) {
        acts().accounts().create("test", name, settings);
        if (prepaidMicros > 0) {
            acts().credits().add("test", name, prepaidMicros, "start", null);
        }
    }

    /** The text of a new key. */
    String key(String account, Limits limits) {
        KeySettings named = KeySettings.named("test");
        return key(
                account,
                new KeySettings(named.name(), named.scope(), limits, null, null, (Instant) null, named.metadata()));
    }

    String key(String account, KeySettings settings) {
        String key = acts().keys().create("test", account, settings, null).key();
        if (key == null) {
            throw new AssertionError("a new key is shown");
        }
        return key;
    }

    /** Micro-credits of a prompt token and of a generated one. */
    void price(long promptMicros, long completionMicros) {
        acts().prices().set("test", TestServer.MODEL, promptMicros * 1_000_000, null, completionMicros * 1_000_000);
    }

    /** A number of the database. */
    long number(String sql, Object... parameters) {
        return books.database()
                .read(handle -> handle.select(sql, parameters).mapTo(Long.class).one());
    }

    /** What the audit finds. */
    List<LedgerAudit.Finding> audit() {
        return LedgerAudit.verify(books.database());
    }

    @Override
    public void close() {
        server.close();
        once.close();
        books.close();
    }
}
