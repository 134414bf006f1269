package org.carafe.bench.peers;

/** One figure of one contender in one round, 1 being the first. */
record Measured(String contender, int round, Figure figure, double tokensPerSecond) {}
