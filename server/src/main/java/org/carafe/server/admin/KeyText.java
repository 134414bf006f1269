package org.carafe.server.admin;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.secret.MasterKey;

/** Makes keys and public ids. A key's text is in memory for the answer of one act, and nowhere else. */
final class KeyText {
    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /** 256 bits. */
    private static final int SECRET_CHARS = 43;

    private static final int SHOWN_CHARS = 8;
    private static final int ID_BYTES = 8;

    private final SecureRandom random = new SecureRandom();
    private final MasterKey masterKey;

    KeyText(MasterKey masterKey) {
        this.masterKey = masterKey;
    }

    /** A new key of a kind. */
    String make(KeyKind kind) {
        return secret(start(kind));
    }

    /** @param start such as {@code whsec_} */
    String secret(String start) {
        StringBuilder text = new StringBuilder(start);
        for (int i = 0; i < SECRET_CHARS; i++) {
            text.append(BASE62.charAt(random.nextInt(BASE62.length())));
        }
        return text.toString();
    }

    private static String start(KeyKind kind) {
        return switch (kind) {
            case INFERENCE -> "sk-";
            case MANAGEMENT -> "sk-admin-";
            case CHANNEL -> "sk-ch-";
        };
    }

    /** What may be shown of it. */
    static String prefix(KeyKind kind, String text) {
        return text.substring(0, start(kind).length() + SHOWN_CHARS);
    }

    /** What is kept of it. */
    byte[] digest(String text) {
        return masterKey.digest("api-key", text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param start such as {@code key_} */
    String publicId(String start) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return start + HexFormat.of().formatHex(bytes);
    }
}
