/**
 * The database under the ledger: SQLite or PostgreSQL behind one SQL layer. Owns connections and migrations; called by {@code ledger} and
 * its stores.
 */
@NullMarked
package org.carafe.server.ledger.db;

import org.jspecify.annotations.NullMarked;
