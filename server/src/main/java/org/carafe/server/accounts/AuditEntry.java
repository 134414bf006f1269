package org.carafe.server.accounts;

import java.time.Instant;
import java.util.Map;

/**
 * One act of an administrator.
 *
 * @param actor a management key's public id, or {@code shell}
 * @param act such as {@code keys.create}
 * @param subject name or public id of what it was done to
 * @param details what was set; never a key's text
 */
public record AuditEntry(long id, Instant at, String actor, String act, String subject, Map<String, Object> details) {}
