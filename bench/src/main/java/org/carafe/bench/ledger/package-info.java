/**
 * How many requests a ledger admits and settles in a second, durably, fresh and after millions of rows. Owns the ledgers that it fills;
 * called by the command line.
 */
@NullMarked
package org.carafe.bench.ledger;

import org.jspecify.annotations.NullMarked;
