package org.carafe.server.config;

/** A setting that cannot be used. The message is one line that names the value and what would do. */
public final class SettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingException(String message) {
        super(message);
    }
}
