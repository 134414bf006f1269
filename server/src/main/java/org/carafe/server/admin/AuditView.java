package org.carafe.server.admin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AuditEntry;
import org.jspecify.annotations.Nullable;

/**
 * A page of the audit log, newest first.
 *
 * @param nextCursor asks for the next page; null: this was the last
 */
public record AuditView(List<Entry> entries, @Nullable String nextCursor) {
    /** One act. */
    public record Entry(long id, Instant at, String actor, String act, String subject, Map<String, Object> details) {}

    static AuditView of(List<AuditEntry> entries, int rows) {
        String next = entries.size() == rows ? Long.toString(entries.getLast().id()) : null;
        return new AuditView(
                entries.stream()
                        .map(entry -> new Entry(
                                entry.id(), entry.at(), entry.actor(), entry.act(), entry.subject(), entry.details()))
                        .toList(),
                next);
    }
}
