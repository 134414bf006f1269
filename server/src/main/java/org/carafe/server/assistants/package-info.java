/**
 * What an assistant (or a channel) adds to a caller's messages: system prompt, passages of documents, sampling defaults. Owns no state;
 * called by {@code http}. Rows are {@code ledger.store}'s, texts to search in {@code documents}'.
 */
@NullMarked
package org.carafe.server.assistants;

import org.jspecify.annotations.NullMarked;
