package org.carafe.server.accounts;

/** How an account's errors look on the OpenAI routes. */
public enum ErrorStyle implements Worded {
    /** {@code {"error":{"message","type","param","code"}}}. */
    OPENAI,
    /** {@code {"error":"Rate limit exceeded","message":"...","limit":100,"used":100,"resetAt":"..."}}. */
    FLAT
}
