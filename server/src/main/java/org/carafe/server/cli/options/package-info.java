/**
 * What commands share: how values of options are written, the options that say which ledger, and that ledger, opened. Owns the ledger
 * while a command works on it. Called by the command line alone.
 */
@NullMarked
package org.carafe.server.cli.options;

import org.jspecify.annotations.NullMarked;
