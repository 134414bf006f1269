package org.carafe.server.plantedright;

import org.carafe.server.plantedleft.Left;
import org.jspecify.annotations.Nullable;

/** Half of a package cycle, on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Right(@Nullable Left left) {}
