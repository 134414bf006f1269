package org.carafe.server.planted.right;

import org.carafe.server.planted.left.Left;
import org.jspecify.annotations.Nullable;

/** Half of a package cycle, on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Right(@Nullable Left left) {}
