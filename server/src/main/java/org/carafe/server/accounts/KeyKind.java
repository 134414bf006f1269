package org.carafe.server.accounts;

/** What a key is for. */
public enum KeyKind implements Worded {
    /** Requests to models; cannot administer. */
    INFERENCE,
    /** Administers; cannot infer. */
    MANAGEMENT,
    /** A channel's: its routes only. */
    CHANNEL
}
