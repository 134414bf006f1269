package org.carafe.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged ({@code --log-level}); constants are spelled as the option is. Libraries keep to warnings at every level. */
enum LogLevel {
    error,
    warn,
    info,
    debug;

    /** From now on. */
    void apply() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.toLevel(name()));
    }
}
