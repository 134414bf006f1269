package org.carafe.models.planted;

import ai.djl.ndarray.NDManager;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record KnowsAnEngineOfDjl(NDManager manager) {}
