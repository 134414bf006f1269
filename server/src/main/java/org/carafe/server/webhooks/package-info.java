/**
 * Webhooks: sees that a line was crossed (a low balance, a spent budget, a key about to end), and tells it to whoever asked, signed, until it
 * arrived or was tried often enough. Owns the thread that does so and the way over the network; what is to be told is in the ledger.
 */
@NullMarked
package org.carafe.server.webhooks;

import org.jspecify.annotations.NullMarked;
