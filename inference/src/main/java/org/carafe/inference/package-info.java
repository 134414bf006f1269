/** Turns token ids into token ids: scheduler, KV cache, samplers and runners. Knows no HTTP, no SQL, no money. Here are
 * the lists of ids that all of its packages speak of. */
@NullMarked
package org.carafe.inference;

import org.jspecify.annotations.NullMarked;
