package org.carafe.server.plantedleft;

import org.carafe.server.plantedright.Right;
import org.jspecify.annotations.Nullable;

/** Half of a package cycle, on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Left(@Nullable Right right) {}
