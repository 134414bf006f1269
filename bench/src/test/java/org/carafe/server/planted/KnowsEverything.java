package org.carafe.server.planted;

import io.javalin.Javalin;
import java.lang.foreign.Linker;
import java.sql.Connection;
import org.carafe.models.tensor.Tensor;

/** Breaks many arrows on purpose: {@code ArchitectureTest} proves with it that the rules can fail. */
public record KnowsEverything(Javalin http, Linker linker, Connection sql, Tensor tensor) {}
