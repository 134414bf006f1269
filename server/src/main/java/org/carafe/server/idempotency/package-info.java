/**
 * Requests that charge, done once however often they are sent: an {@code Idempotency-Key} is claimed, its answer kept for a day and given
 * again. Owns open claims and renews them; the rows are {@code ledger.store}'s. Called by {@code http} around a route.
 */
@NullMarked
package org.carafe.server.idempotency;

import org.jspecify.annotations.NullMarked;
