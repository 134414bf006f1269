/**
 * Load: what is sent, when, and what came back when. {@code HttpTarget} is one thread over non-blocking sockets, so that a server on
 * the same cores is measured and not the generator. Owns its sockets; called by the bench command.
 */
@NullMarked
package org.carafe.bench.load;

import org.jspecify.annotations.NullMarked;
