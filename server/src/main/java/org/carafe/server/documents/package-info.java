/**
 * Documents that answers are grounded in: text out of files, passages out of text, words out of questions, and the interface of what
 * finds passages. Owns no rows; called by {@code http} and {@code assistants}, implemented by {@code ledger.store}.
 */
@NullMarked
package org.carafe.server.documents;

import org.jspecify.annotations.NullMarked;
