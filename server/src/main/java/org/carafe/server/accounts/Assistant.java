package org.carafe.server.accounts;

import java.time.Instant;

/** "Our model": what simple chat's keys are bound to. */
public record Assistant(long id, String name, AssistantSettings settings, Instant createdAt) {}
