/**
 * From a path and settings to a model that generates: checkpoint, tokenizer, runner and engine, opened together and closed together.
 * Owns them while they load; called by {@code cli} and by the bench.
 */
@NullMarked
package org.carafe.server.loading;

import org.jspecify.annotations.NullMarked;
