/**
 * The OpenAI dialect: request bodies to validated records, results to JSON bytes, streamed or whole. Owns no connection and no
 * model; called by {@code http}.
 */
@NullMarked
package org.carafe.server.openai;

import org.jspecify.annotations.NullMarked;
