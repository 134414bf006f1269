package org.carafe.inference.planted;

import io.javalin.http.Context;
import org.carafe.server.config.ByteSize;

/** Breaks two arrows on purpose: {@code ArchitectureTest} proves with it that the rules can fail. */
public record KnowsTheServer(ByteSize size, Context context) {}
