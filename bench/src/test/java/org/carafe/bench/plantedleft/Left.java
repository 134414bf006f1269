package org.carafe.bench.plantedleft;

import org.carafe.bench.plantedright.Right;
import org.jspecify.annotations.Nullable;

/** Half of a package cycle, on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Left(@Nullable Right right) {}
