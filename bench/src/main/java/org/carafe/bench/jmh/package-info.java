/**
 * JMH benchmarks of hot paths, run by {@code scripts/bench jmh}. Each says which figure of docs/performance.md it stands for. Owns
 * nothing; called by JMH only.
 */
@NullMarked
package org.carafe.bench.jmh;

import org.jspecify.annotations.NullMarked;
