package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.accounts.AuditEntry;
import org.jdbi.v3.core.Handle;

/** Who did what. */
public final class AuditStore {
    private final Handle handle;

    AuditStore(Handle handle) {
        this.handle = handle;
    }

    /** Notes an act. */
    public void add(String actor, String act, String subject, Map<String, ?> details, Instant now) {
        handle.createUpdate("insert into audit (at, actor, act, subject, details)"
                        + " values (:at, :actor, :act, :subject, :details)")
                .bind("at", now.toEpochMilli())
                .bind("actor", actor)
                .bind("act", act)
                .bind("subject", subject)
                .bind("details", Columns.json(new TreeMap<>(details)))
                .execute();
    }

    /** Newest first, below an id. */
    public List<AuditEntry> list(long before, int limit) {
        return handle.createQuery("select id, at, actor, act, subject, details from audit where id < :before"
                        + " order by id desc limit :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new AuditEntry(
                        row.getLong("id"),
                        Columns.instant(row, "at"),
                        row.getString("actor"),
                        row.getString("act"),
                        row.getString("subject"),
                        Columns.anything(row.getString("details"))))
                .list();
    }
}
