/**
 * The one interface between scheduler and device. A runner owns weights and KV memory; the engine thread alone calls it.
 */
@NullMarked
package org.carafe.inference.runner;

import org.jspecify.annotations.NullMarked;
