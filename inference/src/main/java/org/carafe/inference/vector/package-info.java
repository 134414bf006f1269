/**
 * Decodes one sequence on CPU cores with the JDK's Vector API: reads weights and KV blocks where the torch runner holds them and streams
 * them once a token, with no operation dispatch between. Owns its threads and one token's activations; called by {@code torch} only.
 */
@NullMarked
package org.carafe.inference.vector;

import org.jspecify.annotations.NullMarked;
