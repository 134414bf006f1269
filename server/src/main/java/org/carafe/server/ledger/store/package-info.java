/**
 * The ledger's tables but for the flow of charges: settings of accounts and keys, prices, assistants, channels, the audit log, reports.
 * Owns their SQL, the same for SQLite and PostgreSQL, values always bound. {@code admin} uses it through {@code Books}.
 */
@NullMarked
package org.carafe.server.ledger.store;

import org.jspecify.annotations.NullMarked;
