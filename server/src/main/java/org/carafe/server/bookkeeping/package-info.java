/**
 * All of the ledger that a server runs with, opened and closed as one: database, master key, keys, holds, limits, acts. Owns their order;
 * called by {@code cli} at the start and the end.
 */
@NullMarked
package org.carafe.server.bookkeeping;

import org.jspecify.annotations.NullMarked;
