/**
 * Decides what each step computes: which sequences run, how much of each, in which blocks. Owns the waiting and running sequences and
 * their block tables; called by {@code engine} on the engine thread, knows nothing of tokens' meaning, streams or devices.
 */
@NullMarked
package org.carafe.inference.scheduler;

import org.jspecify.annotations.NullMarked;
