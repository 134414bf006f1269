/**
 * What is served and how a valid request becomes sequences: prompts rendered and tokenized, defaults filled in, limits of the model
 * checked. Owns the list of models; called by {@code http}, filled by {@code cli} once a model is loaded.
 */
@NullMarked
package org.carafe.server.serving;

import org.jspecify.annotations.NullMarked;
