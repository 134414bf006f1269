/** Turns token ids into token ids: scheduler, KV cache, samplers and runners. Knows no HTTP, no SQL, no money. */
@NullMarked
package org.carafe.inference;

import org.jspecify.annotations.NullMarked;
