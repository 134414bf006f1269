/**
 * The table of buckets that servers on one PostgreSQL share. Owns the table {@code bucket} and its connections; called by
 * {@code server.limits} alone.
 */
@NullMarked
package org.carafe.server.ledger.limits;

import org.jspecify.annotations.NullMarked;
