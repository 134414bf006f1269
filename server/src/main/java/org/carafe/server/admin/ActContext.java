package org.carafe.server.admin;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.carafe.server.ledger.Postings.PostingException;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.ledger.store.Tables;

/** What every act is done with. */
final class ActContext {
    private final Books books;
    private final InstantSource clock;
    private final Runnable changed;

    ActContext(Books books, InstantSource clock, Runnable changed) {
        this.books = books;
        this.clock = clock;
        this.changed = changed;
    }

    Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }

    <T> T read(Function<Tables, T> work) {
        return books.read(work);
    }

    /** Does an act, all or nothing, and tells this process's caches. */
    <T> T write(Function<Tables, T> work) {
        return done(() -> books.write(work));
    }

    /** The same for an act that moves credits. */
    <T> T post(Function<Tables, T> work) {
        return done(() -> books.post(work));
    }

    private <T> T done(Supplier<T> act) {
        T result;
        try {
            result = act.get();
        } catch (PostingException e) {
            throw ActException.conflict(String.valueOf(e.getMessage()));
        }
        changed.run();
        return result;
    }

    void audit(Tables tables, String actor, String act, String subject, Map<String, ?> details) {
        tables.audit().add(actor, act, subject, details, now());
    }
}
