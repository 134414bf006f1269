package org.carafe.server.accounts;

import java.time.Instant;

/** A tier that accounts share. */
public record Plan(long id, String name, PlanSettings settings, Instant createdAt) {}
