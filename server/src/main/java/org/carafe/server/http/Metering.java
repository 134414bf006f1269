package org.carafe.server.http;

/** Who may call a route, and what it costs. Each route says it itself; a test goes through all of them. */
enum Metering {
    /** Asks for a key, and holds credits before anything is generated. */
    METERED,
    /** Asks for a key, costs nothing, and takes one of the minute's requests once what it says is found to be right. */
    COUNTED,
    /** Asks for a key and costs nothing, so that who has reached a limit can still ask; what is more than that takes a request of the minute. */
    FREE_WITH_KEY,
    /** Asks for nothing. */
    OPEN,
    /** Asks for a management key. */
    ADMIN
}
