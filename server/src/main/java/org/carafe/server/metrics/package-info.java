/**
 * What Prometheus sees: gauges of the engine under the names the inference gateway protocol expects, histograms of latency and load,
 * HTTP counters. Owns the registry; fed by the engine thread and by {@code http}.
 */
@NullMarked
package org.carafe.server.metrics;

import org.jspecify.annotations.NullMarked;
