/** Measures Carafe: a load generator, the engine in process, peers on the same weights, and JMH. Nothing depends on it. */
@NullMarked
package org.carafe.bench;

import org.jspecify.annotations.NullMarked;
