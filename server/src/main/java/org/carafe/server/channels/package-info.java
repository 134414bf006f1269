/**
 * Channels: chat with a memory, for web sites. Requests to validated records, answers and errors to bytes, the order of a session's
 * turns, what of its history a prompt takes. Owns the turns that are under way; called by {@code http}. Rows are {@code ledger.store}'s.
 */
@NullMarked
package org.carafe.server.channels;

import org.jspecify.annotations.NullMarked;
