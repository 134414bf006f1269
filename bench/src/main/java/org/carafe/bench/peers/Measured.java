package org.carafe.bench.peers;

/** One measurement, in tokens per second; NaN for what was not measured. */
record Measured(double prefill, double decode, double batchedDecode) {}
