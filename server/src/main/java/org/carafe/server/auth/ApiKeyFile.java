package org.carafe.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code --api-key-file}: one key a line, blank lines and {@code #} comments ignored. Holds digests only, and compares all of them in
 * constant time, so that neither a heap dump nor response times tell a key.
 */
public final class ApiKeyFile implements Authenticator {
    static final int KEYS_MAX = 10_000;
    static final int KEY_CHARS_MIN = 8;
    static final int KEY_CHARS_MAX = 512;
    private static final int FILE_BYTES_MAX = KEYS_MAX * KEY_CHARS_MAX;

    private final List<Key> keys;

    private ApiKeyFile(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads the keys.
     *
     * @throws IllegalArgumentException one line for the user: no such file, no key in it, a key too short or too long (by line
     *     number, without the key)
     */
    public static ApiKeyFile read(Path file) {
        List<String> lines;
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IllegalArgumentException("API key file " + file + " has " + Files.size(file)
                        + " bytes; at most " + FILE_BYTES_MAX + " are read");
            }
            lines = Files.readAllLines(file, UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the API key file " + file + ": " + e.getMessage(), e);
        }
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String key = lines.get(i).strip();
            if (key.isEmpty() || key.startsWith("#")) {
                continue;
            }
            if (key.length() < KEY_CHARS_MIN
                    || key.length() > KEY_CHARS_MAX
                    || !key.chars().allMatch(c -> c > 32 && c < 127)) {
                throw new IllegalArgumentException("API key file " + file + ", line " + (i + 1) + ": a key has "
                        + KEY_CHARS_MIN + " to " + KEY_CHARS_MAX + " visible ASCII characters");
            }
            keys.add(new Key(key));
        }
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new IllegalArgumentException(
                    "API key file " + file + " holds " + keys.size() + " keys; 1 to " + KEYS_MAX + " are allowed");
        }
        return new ApiKeyFile(keys);
    }

    @Override
    public Principal authenticate(@Nullable Credential credential) {
        if (credential == null) {
            throw new ApiException(
                    ErrorKind.INVALID_API_KEY,
                    "No API key given: send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.");
        }
        byte[] digest = sha256(credential.secret());
        Key found = null;
        for (Key key : keys) {
            // Every key is compared, and each in constant time.
            if (MessageDigest.isEqual(key.digest, digest)) {
                found = key;
            }
        }
        if (found == null) {
            throw new ApiException(ErrorKind.INVALID_API_KEY, "The API key given is not valid.");
        }
        return found.principal;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static final class Key {
        private final byte[] digest;
        private final Principal principal;

        Key(String key) {
            digest = sha256(key);
            String id = "key-" + HexFormat.of().formatHex(digest, 0, 4);
            principal = new Principal(id, id, null);
        }
    }
}
