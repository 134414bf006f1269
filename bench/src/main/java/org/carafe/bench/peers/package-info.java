/**
 * Carafe, llama.cpp and Jlama on the same weights, in turn: each is measured a few times, never two at once, and compared by medians.
 * Owns the peers' processes while they run; called by {@code bench peers}.
 */
@NullMarked
package org.carafe.bench.peers;

import org.jspecify.annotations.NullMarked;
