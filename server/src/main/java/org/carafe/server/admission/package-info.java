/**
 * Whether a request may run, and what becomes of it: a hold for the worst case, then exactly one settlement. Owns open holds; called
 * by {@code http} between parsing and the engine. The ledger and its limits implement the same interface.
 */
@NullMarked
package org.carafe.server.admission;

import org.jspecify.annotations.NullMarked;
