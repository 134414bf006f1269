package org.carafe.server.planted;

import org.carafe.bench.load.LoadPlan;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record KnowsTheBench(LoadPlan plan) {}
