/**
 * From logits to a token, the same on every runner: penalties, bias, temperature, top-k, top-p, min-p and a counter-based random
 * number per (seed, position). Owns a sequence's penalty counts; called by runners and configured by {@code engine}.
 */
@NullMarked
package org.carafe.inference.sampling;

import org.jspecify.annotations.NullMarked;
