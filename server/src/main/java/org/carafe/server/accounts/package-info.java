/**
 * What accounts, plans, keys, assistants, channels and prices are: plain records. Owns what they mean; the rows are
 * {@code ledger.store}'s, the acts of an administrator on them {@code admin}'s. Anyone may use them.
 */
@NullMarked
package org.carafe.server.accounts;

import org.jspecify.annotations.NullMarked;
