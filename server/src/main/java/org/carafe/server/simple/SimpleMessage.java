package org.carafe.server.simple;

/** One message of a simple chat. */
public record SimpleMessage(Role role, String content) {
    /** Who speaks. */
    public enum Role {
        USER,
        ASSISTANT
    }
}
