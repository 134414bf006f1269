package org.carafe.server.http;

/** Who may call a route, and what it costs. Each route says it itself; a test goes through all of them. */
enum Metering {
    /** Asks for a key, and holds credits before anything is generated. */
    METERED,
    /** Asks for a key and costs nothing. */
    FREE_WITH_KEY,
    /** Asks for nothing. */
    OPEN,
    /** Asks for a management key. */
    ADMIN
}
