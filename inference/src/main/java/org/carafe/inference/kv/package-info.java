/**
 * Who owns which block of the KV cache: the pool leases blocks, the prefix cache finds blocks that already hold a prompt's beginning.
 * Owns reference counts and cached content ids, no tensor; called by {@code scheduler} on the engine thread.
 */
@NullMarked
package org.carafe.inference.kv;

import org.jspecify.annotations.NullMarked;
