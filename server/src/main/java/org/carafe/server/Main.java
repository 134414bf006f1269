package org.carafe.server;

import org.carafe.server.cli.CarafeCommand;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(CarafeCommand.run(arguments));
    }
}
