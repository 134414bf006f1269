package org.carafe.server.channels;

import java.time.Instant;

/** A visitor's message and the answer to it; there is no one without the other. */
public record ChatTurn(String message, Instant askedAt, String reply, Instant repliedAt) {}
