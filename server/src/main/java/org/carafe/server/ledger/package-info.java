/**
 * Credits: holds, charges, allowances and the laws that they keep (docs/ledger.md). Owns every balance; called by {@code admission} for
 * requests and by {@code accounts} for the acts of administrators. SQL is spoken here and in the packages below, nowhere else.
 */
@NullMarked
package org.carafe.server.ledger;

import org.jspecify.annotations.NullMarked;
