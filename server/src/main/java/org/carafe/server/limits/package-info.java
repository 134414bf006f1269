/**
 * The limits of a minute: requests and tokens, of a key and of its account, in buckets of this process, of the database or of Redis. Owns
 * the buckets; called by {@code admission} before every hold.
 */
@NullMarked
package org.carafe.server.limits;

import org.jspecify.annotations.NullMarked;
