package org.carafe.bench.plantedright;

import org.carafe.bench.plantedleft.Left;
import org.jspecify.annotations.Nullable;

/** Half of a package cycle, on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Right(@Nullable Left left) {}
