/**
 * The engine: a thread that steps the scheduler and the runner, commands in, events out. Owns all scheduler and cache state; the
 * server submits requests and reads their streams.
 */
@NullMarked
package org.carafe.inference.engine;

import org.jspecify.annotations.NullMarked;
