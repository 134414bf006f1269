/**
 * The request log: one JSON line for every answered request, written by a thread of its own from a bounded queue. Owns the file and its
 * rotation; {@code http} hands it finished requests and never waits for it. Keys are never in it, prompts only where asked for.
 */
@NullMarked
package org.carafe.server.requestlog;

import org.jspecify.annotations.NullMarked;
