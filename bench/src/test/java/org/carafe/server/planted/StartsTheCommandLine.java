package org.carafe.server.planted;

import org.carafe.server.cli.CarafeCommand;

/** Breaks an arrow on purpose: {@code ArchitectureTest} proves with it that the rule can fail. */
public final class StartsTheCommandLine {
    private StartsTheCommandLine() {}

    /** The access that is not allowed here. */
    public static int start() {
        return CarafeCommand.run(new String[0]);
    }
}
