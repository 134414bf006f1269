package org.carafe.bench.peers;

/** A contender that could not be measured to the end; it is not asked for that part again. */
record Failure(String contender, int round, Part part, String reason) {}
