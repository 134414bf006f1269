package org.carafe.server.planted;

import jcuda.planted.Device;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public record KnowsJcuda(Device device) {}
