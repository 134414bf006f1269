package org.carafe.server.planted;

import jdk.incubator.vector.FloatVector;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record KnowsTheVectorApi(FloatVector vector) {}
