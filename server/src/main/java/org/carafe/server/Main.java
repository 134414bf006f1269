package org.carafe.server;

import org.carafe.server.cli.CarafeCommand;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // DJL reports its use to its makers unless told not to.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.exit(CarafeCommand.run(arguments));
    }
}
