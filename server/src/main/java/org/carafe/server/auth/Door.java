package org.carafe.server.auth;

/** Who is let in without a key. */
public enum Door {
    /** Nobody. */
    SHUT,
    /** Everyone, until the ledger has its first key for requests; from then on nobody. */
    OPEN_UNTIL_KEYS,
    /** Everyone, always: {@code --auth off}. */
    OPEN
}
