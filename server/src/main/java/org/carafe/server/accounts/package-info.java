/**
 * Accounts, plans and keys, and every act of an administrator on them. Owns what they mean; the rows are {@code ledger.store}'s. Called by
 * the admin API and by the shell alike.
 */
@NullMarked
package org.carafe.server.accounts;

import org.jspecify.annotations.NullMarked;
