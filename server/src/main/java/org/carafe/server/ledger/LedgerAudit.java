package org.carafe.server.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.carafe.server.ledger.db.Failures;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Recomputes every law that a ledger's rows can show, over all of them, as of one moment; a server may run meanwhile. */
public final class LedgerAudit {
    /** Of each law; one more says that there are more. */
    static final int FINDINGS_MAX = 100;

    private static final String COST_IS_PRICE = "a cost is its tokens at its version of the price, at most the hold";
    private static final int FETCH_ROWS = 1_000;

    private LedgerAudit() {}

    /**
     * A law that is broken.
     *
     * @param law in words
     * @param what the rows; amounts are micro-credits
     */
    public record Finding(String law, String what) {}

    /** Findings, at most {@value #FINDINGS_MAX} of each law; none: all is well. */
    public static List<Finding> verify(Database database) {
        TransactionIsolationLevel oneMoment = database.dialect() == Dialect.SQLITE
                ? TransactionIsolationLevel.SERIALIZABLE
                : TransactionIsolationLevel.REPEATABLE_READ;
        return database.read(handle -> {
            if (database.dialect() == Dialect.POSTGRESQL) {
                waitAsLongAsItTakes(handle);
            }
            return handle.inTransaction(oneMoment, LedgerAudit::verify);
        });
    }

    /** Sums over all rows take longer than anything that a request waits for; the pool sets its limit again. */
    private static void waitAsLongAsItTakes(Handle handle) {
        try {
            handle.getConnection().setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException e) {
            throw Failures.unavailable(e);
        }
    }

    /** Names of all laws that are looked at. */
    public static List<String> laws() {
        List<String> laws = new ArrayList<>();
        for (AuditLaw law : AuditLaw.values()) {
            laws.add(law.title());
        }
        laws.add(COST_IS_PRICE);
        return laws;
    }

    private static List<Finding> verify(Handle handle) {
        List<Finding> findings = new ArrayList<>();
        for (AuditLaw law : AuditLaw.values()) {
            try (ResultIterator<String> rows = handle.createQuery(law.sql())
                    .setFetchSize(FETCH_ROWS)
                    .mapTo(String.class)
                    .iterator()) {
                collect(law.title(), rows, findings);
            }
        }
        costs(handle, findings);
        return findings;
    }

    private static void collect(String law, Iterator<String> rows, List<Finding> findings) {
        int count = 0;
        while (rows.hasNext() && count <= FINDINGS_MAX) {
            String what = rows.next();
            findings.add(new Finding(law, count < FINDINGS_MAX ? what : "and more"));
            count++;
        }
    }

    /** Multiplied here: a product may be larger than the database's numbers. */
    private static void costs(Handle handle, List<Finding> findings) {
        String sql =
                "select r.id, r.price_id, p.id as known_price, p.prompt_micros, p.cached_micros, p.completion_micros,"
                        + " r.prompt_tokens, r.cached_tokens, r.completion_tokens, r.cost_micros,"
                        + " r.held_prepaid + r.held_monthly + r.held_daily as held"
                        + " from request r left join price p on p.id = r.price_id and p.model = r.model where r.status in (1, 3)";
        try (Stream<Cost> rows = handle
                .createQuery(sql)
                .setFetchSize(FETCH_ROWS)
                .map((row, context) -> {
                    long priceId = row.getLong("price_id");
                    Price price = priceId == 0
                            ? Price.FREE
                            : new Price(
                                    row.getLong("known_price"),
                                    row.getLong("prompt_micros"),
                                    row.getLong("cached_micros"),
                                    row.getLong("completion_micros"));
                    return new Cost(
                            row.getLong("id"),
                            priceId,
                            price,
                            row.getLong("prompt_tokens"),
                            row.getLong("cached_tokens"),
                            row.getLong("completion_tokens"),
                            row.getLong("cost_micros"),
                            row.getLong("held"));
                })
                .stream()) {
            Stream<String> broken = rows.map(Cost::broken).filter(Objects::nonNull);
            collect(COST_IS_PRICE, broken.iterator(), findings);
        }
    }

    private record Cost(
            long id,
            long priceId,
            Price price,
            long prompt,
            long cached,
            long completion,
            long costMicros,
            long heldMicros) {
        /** Null: as it must be. */
        @Nullable
        String broken() {
            if (price.id() != priceId) {
                return "request " + id + " has version " + priceId + " of a price, which its model has not";
            }
            long due = Math.min(price.costMicros(prompt, cached, completion), heldMicros);
            return due == costMicros
                    ? null
                    : "request %d cost %d; %d prompt tokens, %d of them cached, and %d completion tokens cost %d"
                            .formatted(id, costMicros, prompt, cached, completion, due);
        }
    }
}
