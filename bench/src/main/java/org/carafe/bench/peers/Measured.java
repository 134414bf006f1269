package org.carafe.bench.peers;

/**
 * One figure of one contender in one round, 1 being the first.
 *
 * @param othersShare share of all CPUs, 0 to 1, that processes other than the bench's took meanwhile
 */
record Measured(String contender, int round, Figure figure, double tokensPerSecond, double othersShare) {}
