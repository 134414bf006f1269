package org.carafe.models.planted;

import org.carafe.inference.engine.Usage;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record KnowsTheEngine(Usage usage) {}
